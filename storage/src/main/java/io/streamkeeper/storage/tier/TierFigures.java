package io.streamkeeper.storage.tier;

import java.util.concurrent.atomic.LongAdder;

/** What the tier of a process has done since its start. Safe for use by any thread. */
public final class TierFigures {
    private final LongAdder uploadedBytes = new LongAdder();
    private final LongAdder reads = new LongAdder();
    private final LongAdder readBytes = new LongAdder();
    private final LongAdder cachedReads = new LongAdder();
    private final LongAdder deletions = new LongAdder();
    private final LongAdder removals = new LongAdder();
    private final LongAdder snapshots = new LongAdder();
    private final LongAdder failures = new LongAdder();

    void uploaded(long bytes) {
        uploadedBytes.add(bytes);
    }

    void read(long bytes) {
        reads.increment();
        readBytes.add(bytes);
    }

    void cached() {
        cachedReads.increment();
    }

    void deleted() {
        deletions.increment();
    }

    void removedLocal() {
        removals.increment();
    }

    void tookSnapshot() {
        snapshots.increment();
    }

    void failed() {
        failures.increment();
    }

    /** Bytes of the objects that were created. */
    public long uploadedBytes() {
        return uploadedBytes.sum();
    }

    /** Windows that were read from objects. */
    public long reads() {
        return reads.sum();
    }

    /** Their bytes. */
    public long readBytes() {
        return readBytes.sum();
    }

    /** Windows that were found in memory. */
    public long cachedReads() {
        return cachedReads.sum();
    }

    /** Objects that were deleted. */
    public long deletions() {
        return deletions.sum();
    }

    /** Local files that were removed because they have a copy. */
    public long removals() {
        return removals.sum();
    }

    /** Snapshots that were made. */
    public long snapshots() {
        return snapshots.sum();
    }

    /** Calls of the object store that have failed. */
    public long failures() {
        return failures.sum();
    }
}
