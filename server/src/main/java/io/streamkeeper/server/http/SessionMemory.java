package io.streamkeeper.server.http;

import io.streamkeeper.server.config.AddressRanges;
import io.streamkeeper.server.limit.ClientShare;
import io.streamkeeper.server.limit.ClientShares;
import io.streamkeeper.server.security.Principal;
import io.streamkeeper.storage.memory.Budget;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * The heap of the streams that one {@link StreamsSession} follows (I7). Used by the connection's loop only.
 *
 * <p>All sessions of a server together have a quarter of the budget for heads, so that the rest is there for other
 * clients. A client, which is a name or else an address, has a share of an eighth of that quarter; what it uses beyond
 * its share leaves a quarter of it for the shares of others.
 */
final class SessionMemory implements AutoCloseable {
    private static final int PART_OF_HEADS = 4;
    private static final int SHARES = 8;
    private static final int PART_LEFT_FOR_SHARES = 4;

    private final Budget budget;
    private final ClientShare client;
    private long bytes;
    private boolean closed;

    /** The budget of all sessions and the shares of their clients. */
    record Room(Budget budget, ClientShares clients) {
        /**
         * In the budget {@code heads}.
         *
         * @param proxies addresses that many clients share
         */
        static Room of(Budget heads, AddressRanges proxies) {
            Budget budget = heads.share("streams of sessions", heads.bytesMax() / PART_OF_HEADS);
            return new Room(budget, new ClientShares(budget.bytesMax() / SHARES, proxies));
        }
    }

    private SessionMemory(Budget budget, ClientShare client) {
        this.budget = budget;
        this.client = client;
    }

    /** Memory of {@code bytes} bytes; null if there is no room for them. */
    static @Nullable SessionMemory reserve(
            Room room, @Nullable Principal principal, @Nullable SocketAddress peer, long bytes) {
        String name = principal != null && principal.hasName() ? principal.name() : null;
        SessionMemory memory = new SessionMemory(room.budget(), room.clients().retain(name, peer));
        if (memory.tryGrow(bytes)) {
            return memory;
        }
        memory.close();
        return null;
    }

    /** Reserves {@code more} bytes as well. Returns false and changes nothing if there is no room for them. */
    boolean tryGrow(long more) {
        long left = client.includes(more) ? 0 : budget.bytesMax() / PART_LEFT_FOR_SHARES;
        if (budget.leftBytes() - more < left || !budget.tryReserve(more)) {
            return false;
        }
        client.add(more);
        bytes += more;
        return true;
    }

    /** A part of it is not needed any more; it is released already if all of it is. */
    void release(long part) {
        if (!closed) {
            subtract(part);
        }
    }

    private void subtract(long part) {
        bytes -= part;
        client.add(-part);
        budget.release(part);
    }

    /** Releases all of it, once. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            subtract(bytes);
            client.release();
        }
    }
}
