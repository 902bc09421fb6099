package io.streamkeeper.server.http;

import io.streamkeeper.server.config.AddressRanges;
import io.streamkeeper.server.limit.ClientShare;
import io.streamkeeper.server.limit.ClientShares;
import io.streamkeeper.storage.memory.Budget;
import io.streamkeeper.storage.memory.MemoryLedger;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * The memory of one connection of HTTP/2 (I7): its handlers and the tables of HPACK, its streams without their heads and
 * bodies, the bytes of a frame or of a block of fields that is incomplete, and the bytes that the socket has not accepted.
 * Used by the connection's loop only.
 *
 * <p>What is left of the budget for heads decides what may begin. A client has a share of it, an eighth for all its
 * connections, in which everything may begin; what it uses beyond its share leaves room for the shares of others. A
 * connection owns its first stream.
 *
 * <pre>
 *   left, in eighths   within the share   beyond the share
 *   5 or more          everything         everything
 *   4 or more          everything         connections, and the first {@value #FEW_STREAMS} streams of each
 *   3 or more          everything         connections with one stream
 *   2 or more          everything
 *   less               heads of requests only
 * </pre>
 */
final class Http2Memory {
    /** Heap that a stream uses: its channel, its handlers, and the state of the codec. */
    static final int BYTES_PER_STREAM = 6 << 10;

    /**
     * Heap of a connection in addition to one of HTTP/1.1: the state of the codec, two tables of HPACK, and one stream.
     */
    static final int BYTES_PER_CONNECTION = (24 << 10) + BYTES_PER_STREAM;

    /** Streams of a connection that may begin where connections already have many. */
    static final int FEW_STREAMS = 8;

    private static final int PARTS = 8;
    private static final int LEFT_BY_SHARES = 2;
    private static final int LEFT_BY_CONNECTIONS = 3;
    private static final int LEFT_BY_FEW_STREAMS = 4;
    private static final int LEFT_BY_STREAMS = 5;

    /** Bytes that may be incomplete or unsent without a reservation; {@link #BYTES_PER_CONNECTION} contains them. */
    private static final int OWN_BYTES = 2 << 10;

    private final Budget heads;
    private final Budget received;
    private final Budget unsent;
    private final ClientShares clients;
    private final @Nullable SocketAddress peer;
    private @Nullable ClientShare client;
    private int streams;
    private long receivedBytes;
    private long unsentBytes;

    /**
     * Of a connection that is not open yet.
     *
     * @param clients the shares of clients, see {@link #shares}
     * @param peer the address of the client; null if it is not known
     */
    Http2Memory(MemoryLedger ledger, ClientShares clients, @Nullable SocketAddress peer) {
        this.heads = ledger.heads();
        this.received = ledger.received();
        this.unsent = ledger.unsent();
        this.clients = clients;
        this.peer = peer;
    }

    /**
     * The shares of the clients of a server.
     *
     * @param proxies addresses that many clients share
     */
    static ClientShares shares(MemoryLedger ledger, AddressRanges proxies) {
        return new ClientShares(ledger.heads().bytesMax() / PARTS, proxies);
    }

    /** Reserves the heap of the connection. Returns false if there is no room. */
    boolean open() {
        ClientShare share = clients.retain(peer);
        if (!reserve(share, LEFT_BY_CONNECTIONS, BYTES_PER_CONNECTION)) {
            share.release();
            return false;
        }
        client = share;
        return true;
    }

    /** Reserves bytes of the heads, and leaves so many parts of the budget if they are beyond the client's share. */
    private boolean reserve(ClientShare share, int partsLeft, int bytes) {
        int parts = share.includes(bytes) ? LEFT_BY_SHARES : partsLeft;
        if (heads.leftBytes() - bytes < heads.bytesMax() / PARTS * parts || !heads.tryReserve(bytes)) {
            return false;
        }
        share.add(bytes);
        return true;
    }

    private void release(ClientShare share, int bytes) {
        share.add(-bytes);
        heads.release(bytes);
    }

    /** Reserves the heap of a stream. Returns false if there is no room, or the connection has its share. */
    boolean beginStream() {
        int parts = streams < FEW_STREAMS ? LEFT_BY_FEW_STREAMS : LEFT_BY_STREAMS;
        if (streams > 0 && (client == null || !reserve(client, parts, BYTES_PER_STREAM))) {
            return false;
        }
        streams++;
        return true;
    }

    /** A stream has ended that {@link #beginStream} has allowed. */
    void endStream() {
        streams--;
        if (streams > 0 && client != null) {
            release(client, BYTES_PER_STREAM);
        }
    }

    /** The codec keeps {@code bytes} that it has received. Returns false if there is no room for them. */
    boolean received(long bytes) {
        long more = beyondOwn(bytes) - receivedBytes;
        if (!reserve(received, more)) {
            return false;
        }
        receivedBytes += more;
        return true;
    }

    /** The socket has not accepted {@code bytes}. Returns false if there is no room for them. */
    boolean unsent(long bytes) {
        long more = beyondOwn(bytes) - unsentBytes;
        if (!reserve(unsent, more)) {
            return false;
        }
        unsentBytes += more;
        return true;
    }

    private static long beyondOwn(long bytes) {
        return bytes > OWN_BYTES ? bytes : 0;
    }

    private boolean reserve(Budget budget, long more) {
        if (more > 0) {
            return client != null && budget.tryReserve(more);
        }
        if (more < 0) {
            budget.release(-more);
        }
        return true;
    }

    /** The connection has ended. */
    void close() {
        received(0);
        unsent(0);
        ClientShare share = client;
        if (share != null) {
            client = null;
            release(share, BYTES_PER_CONNECTION + BYTES_PER_STREAM * Math.max(0, streams - 1));
            share.release();
        }
    }
}
