package io.streamkeeper.storage.shard;

import io.streamkeeper.storage.journal.Journal;
import io.streamkeeper.storage.record.LogRecord;
import io.streamkeeper.storage.record.Runs;
import io.streamkeeper.storage.stream.RetentionPolicy;
import io.streamkeeper.storage.stream.StreamState;

/** The trim of the oldest data of a stream by retention. */
final class Trim implements CommitQueue.Step {
    private final ShardState shard;
    private final StreamState stream;
    private final LogRecord.Trimmed record;
    private final StreamState.Bounds before;

    /** Created before the record is applied. */
    private Trim(ShardState shard, StreamState stream, LogRecord.Trimmed record) {
        this.shard = shard;
        this.stream = stream;
        this.record = record;
        this.before = stream.bounds();
    }

    /**
     * Whether a stream has more data than retention keeps, because the previous process ended before it trimmed the
     * stream.
     */
    static boolean isDue(ShardState shard, StreamState stream) {
        return earliest(shard, stream) > stream.earliest();
    }

    private static long earliest(ShardState shard, StreamState stream) {
        return stream.config().retention().isNone() || stream.isDeleted()
                ? stream.earliest()
                : RetentionPolicy.earliest(stream, shard.clock().ageMillis());
    }

    /**
     * Trims the data that retention does not keep. If the journal refuses the record, {@link Upkeep} tries again later.
     */
    static void decide(ShardState shard, StreamState stream) {
        long position = earliest(shard, stream);
        if (position <= stream.earliest()) {
            return;
        }
        LogRecord.Trimmed record = new LogRecord.Trimmed(
                stream.generation(),
                position,
                stream.forks() == 0,
                shard.clock().wallMillis());
        if (!shard.log(record, stream, outcome -> {})) {
            shard.trimLater(stream);
        }
    }

    /** See {@link ShardState#apply}. */
    static Trim apply(ShardState shard, StreamState stream, LogRecord.Trimmed record, Journal.Staged place) {
        Trim step = new Trim(shard, stream, record);
        stream.apply(record, place, Runs.NONE);
        shard.extents().markDirty(stream);
        return step;
    }

    @Override
    public void publish() {
        stream.publishTrimmed(record.position());
        if (record.dropped()) {
            shard.dropBefore(stream, record.position());
        }
    }

    @Override
    public void undo() {
        stream.undo(before);
        shard.trimLater(stream);
    }
}
