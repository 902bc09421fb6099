package io.streamkeeper.server.subscription;

/** A stream of a subscription as its owner knows it. Owned by the loop of the owner; nothing of it is durable. */
final class Link {
    private final String path;

    /** The generation of the stream; 0 while no stream exists, which a link by name allows. */
    long generation;

    /** The first position that the stream kept when it was reported last. */
    long start;

    /** The last tail that was reported. */
    long tail;

    /** Whether the watch is armed: {@link #tail} is the tail, unless a report is on its way. */
    boolean isArmed;

    /** Whether a question that arms the watch is on its way. */
    boolean isAsked;

    /** When {@link #tail} was reported last. */
    long tailNanos;

    /** Since when there is something to acknowledge: nothing that is not acknowledged is older. */
    long pendingSinceNanos;

    /** How much of it is counted as not acknowledged, in bytes. */
    long owedBytes;

    private long markTail;
    private long markNanos;

    Link(String path) {
        this.path = path;
    }

    String path() {
        return path;
    }

    boolean exists() {
        return generation != 0;
    }

    void see(long newStart, long newTail, long nowNanos) {
        start = Math.max(start, newStart);
        tail = Math.max(tail, newTail);
        tailNanos = nowNanos;
    }

    /** There is something to acknowledge, and there was nothing before. */
    void beginPending(long nowNanos) {
        pendingSinceNanos = nowNanos;
        mark();
    }

    /**
     * There is still something to acknowledge. When everything up to the mark is acknowledged, the rest is younger than the
     * mark: so the age of a stream that is never empty is that of its oldest data.
     */
    void stayPending(long acked) {
        if (acked >= markTail) {
            pendingSinceNanos = markNanos;
            mark();
        }
    }

    private void mark() {
        markTail = tail;
        markNanos = tailNanos;
    }

    void replacedBy(long newGeneration) {
        generation = newGeneration;
        start = 0;
        tail = 0;
        isArmed = false;
    }
}
