package io.streamkeeper.storage.extent;

import java.util.ArrayList;
import java.util.List;

/**
 * The jobs that an operator has requested, whether they are due or not, and what follows when they are done. Owned by
 * the shard's loop.
 *
 * <p>A requested checkpoint is one that begins after the request, so that it contains all that was staged before. A
 * requested compaction rewrites only files that existed at the request, so it ends.
 */
final class RequestedJobs {
    private List<Runnable> checkpoints = new ArrayList<>();
    private List<Runnable> begun = new ArrayList<>();
    private List<Runnable> compactions = new ArrayList<>();
    private long compactsBelow;

    void checkpoint(Runnable done) {
        checkpoints.add(done);
    }

    boolean wantsCheckpoint() {
        return !checkpoints.isEmpty();
    }

    /** A checkpoint begins; no other one runs. */
    void checkpointBegins() {
        begun = checkpoints;
        checkpoints = new ArrayList<>();
    }

    void checkpointFinished() {
        List<Runnable> finished = begun;
        begun = new ArrayList<>();
        finished.forEach(Runnable::run);
    }

    /** The checkpoint is tried again later. */
    void checkpointAbandoned() {
        checkpoints.addAll(begun);
        begun = new ArrayList<>();
    }

    /** There is nothing that a checkpoint would write. */
    void nothingToWrite() {
        checkpointBegins();
        checkpointFinished();
    }

    /**
     * Requests the compaction of files.
     *
     * @param nextFile the number of the next file
     */
    void compaction(long nextFile, Runnable done) {
        compactsBelow = nextFile;
        compactions.add(done);
    }

    /** Whether a file is to be compacted if that gains anything. */
    boolean concerns(Extent extent) {
        return !compactions.isEmpty() && extent.file().number() < compactsBelow;
    }

    /** No compaction gains anything. */
    void nothingToCompact() {
        List<Runnable> finished = compactions;
        compactions = new ArrayList<>();
        finished.forEach(Runnable::run);
    }
}
