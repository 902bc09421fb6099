package io.streamkeeper.bench.storage;

import java.util.concurrent.atomic.AtomicLong;

/** Counts the operations of a churn. Written by the run's loop, read from any thread. */
public final class ChurnTally {
    private final AtomicLong writtenBytes = new AtomicLong();
    private final AtomicLong liveBytes = new AtomicLong();
    private final AtomicLong created = new AtomicLong();
    private final AtomicLong reads = new AtomicLong();
    private final AtomicLong wrongReads = new AtomicLong();
    private final AtomicLong refusals = new AtomicLong();

    public void created() {
        created.incrementAndGet();
    }

    public void appended(int bytes) {
        writtenBytes.addAndGet(bytes);
        liveBytes.addAndGet(bytes);
    }

    public void removed(long bytes) {
        liveBytes.addAndGet(-bytes);
    }

    public void read(boolean asExpected) {
        reads.incrementAndGet();
        if (!asExpected) {
            wrongReads.incrementAndGet();
        }
    }

    public void refused() {
        refusals.incrementAndGet();
    }

    /** All appended bytes. */
    public long writtenUserBytes() {
        return writtenBytes.get();
    }

    /** The bytes of live streams. */
    public long liveUserBytes() {
        return liveBytes.get();
    }

    public long streamsCreated() {
        return created.get();
    }

    public long streamsRead() {
        return reads.get();
    }

    /** Reads that returned another length than was appended. */
    public long streamsReadWrong() {
        return wrongReads.get();
    }

    /** Refused requests. */
    public long refusals() {
        return refusals.get();
    }
}
