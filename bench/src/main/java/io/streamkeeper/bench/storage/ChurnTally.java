package io.streamkeeper.bench.storage;

import java.util.concurrent.atomic.AtomicLong;

/** What a churn has done so far. Written by the run's loop, read from any thread. */
public final class ChurnTally {
    private final AtomicLong writtenBytes = new AtomicLong();
    private final AtomicLong liveBytes = new AtomicLong();
    private final AtomicLong created = new AtomicLong();
    private final AtomicLong reads = new AtomicLong();
    private final AtomicLong wrongReads = new AtomicLong();
    private final AtomicLong unexpected = new AtomicLong();

    public void created() {
        created.incrementAndGet();
    }

    public void appended(int bytes) {
        writtenBytes.addAndGet(bytes);
        liveBytes.addAndGet(bytes);
    }

    public void gone(long bytes) {
        liveBytes.addAndGet(-bytes);
    }

    public void read(boolean asExpected) {
        reads.incrementAndGet();
        if (!asExpected) {
            wrongReads.incrementAndGet();
        }
    }

    public void unexpected() {
        unexpected.incrementAndGet();
    }

    /** What was appended in all. */
    public long writtenUserBytes() {
        return writtenBytes.get();
    }

    /** What is still to be read. */
    public long liveUserBytes() {
        return liveBytes.get();
    }

    public long streamsCreated() {
        return created.get();
    }

    public long streamsRead() {
        return reads.get();
    }

    /** Reads that did not give what was appended. */
    public long streamsReadWrong() {
        return wrongReads.get();
    }

    /** Requests that were refused. */
    public long refused() {
        return unexpected.get();
    }
}
