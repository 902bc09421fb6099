package io.streamkeeper.storage.shard;

import io.streamkeeper.storage.journal.Journal;
import io.streamkeeper.storage.record.LogRecord;
import io.streamkeeper.storage.record.Payload;
import io.streamkeeper.storage.record.Runs;
import io.streamkeeper.storage.stream.StreamState;

/** The use of a stream with a sliding time to live, which restarts with each use. */
final class Use {
    private Use() {}

    /** A stream is read or written. */
    static void of(ShardState shard, StreamState stream) {
        note(shard, stream);
        record(shard, stream);
    }

    /**
     * Notes a use without logging it, because the caller stages or logs a record that covers it. Reads no clock for a
     * stream without a sliding time to live.
     */
    static void note(ShardState shard, StreamState stream) {
        if (stream.lifetime().isSliding()) {
            stream.lifetime().use(shard.clock().steadyMillis());
        }
    }

    /** Notes and logs a use if a live reader waits at the stream: a waiting reader counts as use (section 5.1). */
    static void ofWaiters(ShardState shard, StreamState stream) {
        if (stream.lifetime().isSliding() && stream.waiters() != null) {
            of(shard, stream);
        }
    }

    /**
     * Logs that a stream was used, unless an earlier record covers this use. No reply waits for the record, and nothing
     * is undone if it is refused: the use then counts until the server ends.
     */
    static void record(ShardState shard, StreamState stream) {
        if (!stream.lifetime().isSliding()) {
            return;
        }
        long now = shard.clock().wallMillis();
        long interval = shard.useIntervalMillis();
        if (interval == ShardState.NOTHING_IS_KEPT
                || stream.lifetime().isCovered(now)
                || stream.isDeleted()
                || !stream.isVisible()) {
            return;
        }
        LogRecord.Used record = new LogRecord.Used(stream.generation(), now, interval);
        Journal.Staged staged = shard.stage(record, Payload.NONE, outcome -> {});
        if (staged == null) {
            stream.lifetime().recorded(now, interval);
        } else {
            shard.apply(record, stream, staged, Runs.NONE);
        }
    }

    /** See {@link ShardState#apply}. */
    static CommitQueue.Step apply(ShardState shard, StreamState stream, LogRecord record, Journal.Staged place) {
        stream.apply(record, place, Runs.NONE);
        shard.extents().markDirty(stream);
        return CommitQueue.Step.NONE;
    }
}
