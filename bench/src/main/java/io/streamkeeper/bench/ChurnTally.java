package io.streamkeeper.bench;

import java.util.concurrent.atomic.AtomicLong;

/** What a churn has done so far. Written by the run's loop, read from any thread. */
final class ChurnTally {
    private final AtomicLong writtenBytes = new AtomicLong();
    private final AtomicLong liveBytes = new AtomicLong();
    private final AtomicLong created = new AtomicLong();
    private final AtomicLong reads = new AtomicLong();
    private final AtomicLong wrongReads = new AtomicLong();
    private final AtomicLong unexpected = new AtomicLong();

    void created() {
        created.incrementAndGet();
    }

    void appended(int bytes) {
        writtenBytes.addAndGet(bytes);
        liveBytes.addAndGet(bytes);
    }

    void gone(long bytes) {
        liveBytes.addAndGet(-bytes);
    }

    void read(boolean asExpected) {
        reads.incrementAndGet();
        if (!asExpected) {
            wrongReads.incrementAndGet();
        }
    }

    void unexpected() {
        unexpected.incrementAndGet();
    }

    /** What was appended in all. */
    long writtenUserBytes() {
        return writtenBytes.get();
    }

    /** What is still to be read. */
    long liveUserBytes() {
        return liveBytes.get();
    }

    long streamsCreated() {
        return created.get();
    }

    long streamsRead() {
        return reads.get();
    }

    /** Reads that did not give what was appended. */
    long streamsReadWrong() {
        return wrongReads.get();
    }

    /** Requests that were refused. */
    long refused() {
        return unexpected.get();
    }
}
