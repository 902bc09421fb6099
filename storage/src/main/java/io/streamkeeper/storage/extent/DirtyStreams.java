package io.streamkeeper.storage.extent;

import io.streamkeeper.storage.disk.Clock;
import io.streamkeeper.storage.journal.Journal;
import io.streamkeeper.storage.stream.StreamState;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The streams that have changed since the previous checkpoint began, each once. It decides when the next checkpoint is
 * due: when enough bytes were staged; when the oldest change has waited long enough; or when some bytes were staged and
 * hardly any follow, so that a shard that is idle returns the memory of its blocks. Owned by the shard's loop.
 */
final class DirtyStreams {
    /** A shard is idle if it stages few bytes for this time. */
    private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** A checkpoint of an idle shard has at least one part in this many of the bytes of another checkpoint. */
    private static final int IDLE_PART = 8;

    private final Journal journal;
    private final ExtentConfig config;
    private final Clock clock;

    private List<StreamState> streams = new ArrayList<>();
    private long sinceNanos;
    private long bytesAtCheckpoint;
    private long checkpointBytes;

    /** The bytes staged before, and the time since when only few were added to them. */
    private long idleBytes;

    private long idleSinceNanos;

    /** The dirty streams of shard {@code shard}; empty at first. */
    DirtyStreams(Journal journal, ExtentConfig config, Clock clock, int shard) {
        this.journal = journal;
        this.config = config;
        this.clock = clock;
        this.checkpointBytes = staggered(config.checkpointBytes(), shard);
        this.idleSinceNanos = clock.monotonicNanos();
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
        if (!stream.isDirty()) {
            stream.dirty(true);
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
        long bytes = journal.stagedBytes() - bytesAtCheckpoint;
        long now = clock.monotonicNanos();
        boolean old = now - sinceNanos >= TimeUnit.MILLISECONDS.toNanos(config.checkpointMillis());
        boolean idle = isIdle(now) && bytes >= checkpointBytes / IDLE_PART;
        return !streams.isEmpty() && (bytes >= checkpointBytes || old || idle || pressed);
    }

    /** Whether few bytes were staged in the last {@link #IDLE_NANOS}; to be called periodically. */
    private boolean isIdle(long nowNanos) {
        long bytes = journal.stagedBytes();
        if (bytes - idleBytes > checkpointBytes / IDLE_PART) {
            idleBytes = bytes;
            idleSinceNanos = nowNanos;
        }
        return nowNanos - idleSinceNanos >= IDLE_NANOS;
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
        all.forEach(stream -> stream.dirty(false));
        all.forEach(this::add);
        bytesAtCheckpoint = journal.stagedBytes() - checkpointBytes;
    }
}
