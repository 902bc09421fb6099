package io.streamkeeper.server.http;

import io.streamkeeper.storage.memory.Budget;
import io.streamkeeper.storage.memory.MemoryLedger;

/**
 * The memory of one connection of HTTP/2 that belongs to none of its streams (I7): its handlers and the tables of HPACK, the
 * bytes of a frame or of a block of fields that is incomplete, and the bytes that the socket has not accepted. Used by
 * the connection's loop only.
 */
final class Http2Memory {
    /** Heap of a connection in addition to one of HTTP/1.1: the state of the codec, and two tables of HPACK. */
    static final int BYTES_PER_CONNECTION = 24 << 10;

    /** Bytes that may be incomplete or unsent without a reservation; {@link #BYTES_PER_CONNECTION} contains them. */
    private static final int OWN_BYTES = 2 << 10;

    private final Budget heads;
    private final Budget received;
    private final Budget unsent;
    private boolean open;
    private long receivedBytes;
    private long unsentBytes;

    Http2Memory(MemoryLedger ledger) {
        this.heads = ledger.heads();
        this.received = ledger.received();
        this.unsent = ledger.unsent();
    }

    /** Reserves the heap of the connection. Returns false if there is no room. */
    boolean open() {
        open = heads.tryReserve(BYTES_PER_CONNECTION);
        return open;
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
