package io.streamkeeper.server.http;

import io.streamkeeper.storage.memory.Budget;
import io.streamkeeper.storage.memory.MemoryLedger;

/**
 * The memory of one connection of HTTP/2 (I7): its handlers and the tables of HPACK, its streams without their heads and
 * bodies, the bytes of a frame or of a block of fields that is incomplete, and the bytes that the socket has not accepted.
 * Used by the connection's loop only.
 *
 * <p>What is left of the budget for heads decides what may begin, so that connections with many streams leave room for
 * others. A connection owns its first stream.
 *
 * <pre>
 *   left, in eighths   may begin
 *   5 or more          all streams
 *   3 or more          the first {@value #FEW_STREAMS} streams of a connection
 *   2 or more          connections with one stream
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
    private static final int LEFT_BY_CONNECTIONS = 2;
    private static final int LEFT_BY_FEW_STREAMS = 3;
    private static final int LEFT_BY_STREAMS = 5;

    /** Bytes that may be incomplete or unsent without a reservation; {@link #BYTES_PER_CONNECTION} contains them. */
    private static final int OWN_BYTES = 2 << 10;

    private final Budget heads;
    private final Budget received;
    private final Budget unsent;
    private boolean open;
    private int streams;
    private long receivedBytes;
    private long unsentBytes;

    Http2Memory(MemoryLedger ledger) {
        this.heads = ledger.heads();
        this.received = ledger.received();
        this.unsent = ledger.unsent();
    }

    /** Reserves the heap of the connection. Returns false if there is no room. */
    boolean open() {
        open = reserveLeaving(LEFT_BY_CONNECTIONS, BYTES_PER_CONNECTION);
        return open;
    }

    private boolean reserveLeaving(int parts, int bytes) {
        return heads.leftBytes() - bytes >= heads.bytesMax() / PARTS * parts && heads.tryReserve(bytes);
    }

    /** Reserves the heap of a stream. Returns false if there is no room, or the connection has its share. */
    boolean beginStream() {
        int parts = streams < FEW_STREAMS ? LEFT_BY_FEW_STREAMS : LEFT_BY_STREAMS;
        if (streams > 0 && !reserveLeaving(parts, BYTES_PER_STREAM)) {
            return false;
        }
        streams++;
        return true;
    }

    /** A stream has ended that {@link #beginStream} has allowed. */
    void endStream() {
        streams--;
        if (streams > 0) {
            heads.release(BYTES_PER_STREAM);
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
            return open && budget.tryReserve(more);
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
        if (open) {
            open = false;
            heads.release(BYTES_PER_CONNECTION);
        }
    }
}
