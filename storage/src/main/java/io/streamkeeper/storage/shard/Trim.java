package io.streamkeeper.storage.shard;

import io.streamkeeper.protocol.Outcome;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.storage.journal.Journal;
import io.streamkeeper.storage.record.LogRecord;
import io.streamkeeper.storage.record.Payload;
import io.streamkeeper.storage.record.Runs;
import io.streamkeeper.storage.stream.RetentionPolicy;
import io.streamkeeper.storage.stream.StreamContent;
import io.streamkeeper.storage.stream.StreamState;

/** The trim of the oldest data of a stream, by retention or by the server itself. */
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

    /** Trims whole runs that end at or before {@code position}; for the server itself. */
    static void decide(ShardState shard, StreamPath path, long position, Reply reply) {
        StreamState stream = shard.staged(path);
        if (stream == null || stream.isDeleted()) {
            shard.answer(path, ShardState.absent(path, stream), reply);
            return;
        }
        Outcome done = new Outcome.Described(stream.info());
        StreamContent content = stream.content();
        long earliest = position <= stream.earliest() ? position : content.lastEnd(position);
        if (earliest <= stream.earliest()) {
            shard.answer(stream, done, reply);
            return;
        }
        LogRecord.Trimmed record = record(shard, stream, earliest);
        Journal.Staged staged = shard.stage(record, Payload.NONE, reply);
        if (staged != null) {
            shard.commit(staged.lsn(), shard.apply(record, stream, staged, Runs.NONE), done, reply);
        }
    }

    private static LogRecord.Trimmed record(ShardState shard, StreamState stream, long position) {
        return new LogRecord.Trimmed(
                stream.generation(),
                position,
                stream.forks() == 0,
                shard.clock().wallMillis());
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
        if (!shard.log(record(shard, stream, position), stream, outcome -> {})) {
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
