package io.streamkeeper.server.limit;

import java.util.concurrent.atomic.AtomicLong;

/** How much of a budget the connections of one client use together. Safe for use by any thread. */
public final class ClientShare {
    private final ClientShares all;
    private final String key;
    private final long bytesMax;
    private final AtomicLong bytes = new AtomicLong();

    /** Changed by the map of {@link ClientShares} only, which does so for one thread after the other. */
    private int connections;

    ClientShare(ClientShares all, String key, long bytesMax) {
        this.all = all;
        this.key = key;
        this.bytesMax = bytesMax;
    }

    ClientShare retain() {
        connections++;
        return this;
    }

    boolean isReleasedByLast() {
        connections--;
        return connections == 0;
    }

    /**
     * {@return whether the share includes further bytes} Two connections that ask at the same moment may both use the rest of it.
     *
     * @param more not negative
     */
    public boolean includes(long more) {
        return bytes.get() <= bytesMax - more;
    }

    /**
     * The client uses more, or less.
     *
     * @param more negative for less
     */
    public void add(long more) {
        bytes.addAndGet(more);
    }

    /** A connection has ended; called once for each. */
    public void release() {
        all.release(key);
    }
}
