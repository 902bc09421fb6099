package io.streamkeeper.client.subscription;

/** The work that a {@link PullWakeWorker} has, and the stream of it that is being processed. Safe for use by any thread. */
public final class Work {
    private final Lease lease;
    private final LinkedStream stream;

    Work(Lease lease, LinkedStream stream) {
        this.lease = lease;
        this.stream = stream;
    }

    /** {@return the stream that the data is of} */
    public LinkedStream stream() {
        return stream;
    }

    /**
     * {@return the generation of the wake, which grows with each wake of the subscription} As the epoch of a producer it
     * fences the worker that had the work before.
     */
    public long generation() {
        return lease.claim().generation();
    }

    /** {@return whether the worker has the work; if not, stop, because another one processes the same data} */
    public boolean isHeld() {
        return lease.isHeld();
    }
}
