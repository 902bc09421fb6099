package io.streamkeeper.storage.extent;

import io.streamkeeper.storage.disk.Clock;
import io.streamkeeper.storage.journal.Journal;
import io.streamkeeper.storage.stream.StreamState;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The streams that have changed since the previous checkpoint began, each once. It decides when the next checkpoint is
 * due: when enough bytes were staged, or the oldest change has waited long enough. Owned by the shard's loop.
 */
final class DirtyStreams {
    private final Journal journal;
    private final ExtentConfig config;
    private final Clock clock;

    private List<StreamState> streams = new ArrayList<>();
    private long sinceNanos;
    private long bytesAtCheckpoint;
    private long checkpointBytes;

    /** The dirty streams of shard {@code shard}; empty at first. */
    DirtyStreams(Journal journal, ExtentConfig config, Clock clock, int shard) {
        this.journal = journal;
        this.config = config;
        this.clock = clock;
        this.checkpointBytes = staggered(config.checkpointBytes(), shard);
    }

    /** The first checkpoint is due earlier by a different part in neighbouring shards, so that they do not coincide. */
    private static long staggered(long bytes, int shard) {
        return bytes - bytes / 8 * (shard % 4);
    }

    /** Adds the streams that recovery has found only in the journal, which take {@code bytes} of memory. */
    void recovered(List<StreamState> found, long bytes) {
        streams.addAll(found);
        sinceNanos = clock.monotonicNanos();
        bytesAtCheckpoint = journal.stagedBytes() - bytes;
    }

    void add(StreamState stream) {
        if (!stream.extents().isDirty()) {
            stream.extents().dirty(true);
            streams.add(stream);
            if (streams.size() == 1) {
                sinceNanos = clock.monotonicNanos();
            }
        }
    }

    /**
     * Whether a checkpoint is due.
     *
     * @param pressed whether any change is enough, because writes are refused until a checkpoint has made room
     */
    boolean isCheckpointDue(boolean pressed) {
        boolean enough = journal.stagedBytes() - bytesAtCheckpoint >= checkpointBytes;
        long waitedNanos = clock.monotonicNanos() - sinceNanos;
        boolean old = waitedNanos >= TimeUnit.MILLISECONDS.toNanos(config.checkpointMillis());
        return !streams.isEmpty() && (enough || old || pressed);
    }

    /** Removes all streams, for a checkpoint that begins. */
    List<StreamState> take() {
        List<StreamState> taken = streams;
        streams = new ArrayList<>();
        bytesAtCheckpoint = journal.stagedBytes();
        checkpointBytes = config.checkpointBytes();
        return taken;
    }

    /** Adds the streams of a checkpoint that was abandoned, before those that have changed since. */
    void takeBack(List<StreamState> taken) {
        List<StreamState> all = new ArrayList<>(taken);
        all.addAll(streams);
        streams = new ArrayList<>();
        all.forEach(stream -> stream.extents().dirty(false));
        all.forEach(this::add);
        bytesAtCheckpoint = journal.stagedBytes() - checkpointBytes;
    }
}
