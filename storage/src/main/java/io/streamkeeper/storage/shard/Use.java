package io.streamkeeper.storage.shard;

import io.streamkeeper.storage.journal.Journal;
import io.streamkeeper.storage.record.LogRecord;
import io.streamkeeper.storage.record.Runs;
import io.streamkeeper.storage.stream.Lifetime;
import io.streamkeeper.storage.stream.StreamState;

/** The use of a stream with a sliding time to live, which restarts with each use. */
final class Use implements CommitQueue.Step {
    /** How long clients may need to try again what they could not do without a leader. */
    private static final long RETRY_MILLIS_MAX = 60_000;

    private final ShardState shard;
    private final StreamState stream;
    private final Lifetime.RecordedUse before;

    /** Created before the record is applied. */
    private Use(ShardState shard, StreamState stream) {
        this.shard = shard;
        this.stream = stream;
        this.before = stream.lifetime().recorded();
    }

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
     * Logs that a stream was used, unless an earlier record covers this use. No reply waits for the record. If it is
     * refused, the use counts until the server ends, and a later use is logged again.
     */
    static void record(ShardState shard, StreamState stream) {
        if (!stream.lifetime().isSliding()) {
            return;
        }
        long now = shard.clock().wallMillis();
        long interval = shard.useIntervalMillis();
        if (interval == ShardState.NOTHING_IS_KEPT
                || !shard.leads()
                || stream.lifetime().isCovered(now)
                || stream.isDeleted()
                || !stream.isVisible()
                || shard.refusesUses()) {
            return;
        }
        log(shard, stream, new LogRecord.Used(stream.generation(), now, interval));
    }

    /**
     * Logs that a stream was used now if the log does not say when it was, which a start has assumed. If the journal
     * refuses the record, {@link Upkeep} tries again later.
     */
    static void recordUnknown(ShardState shard, StreamState stream) {
        long now = shard.clock().wallMillis();
        if (stream.lifetime().isUseUnknown(now) && !stream.isDeleted()) {
            log(shard, stream, new LogRecord.Used(stream.generation(), now, 0));
        }
    }

    /**
     * Notes and logs a use of a stream which has ended while nobody owned the log, or ends soon after: its clients could
     * not use it, and need time to try again.
     */
    static void ofNewOwner(ShardState shard, StreamState stream, long ownerlessMillis) {
        long now = shard.clock().steadyMillis();
        if (stream.lifetime().endsWithin(now - ownerlessMillis, now + RETRY_MILLIS_MAX)
                && !stream.isDeleted()
                && stream.isVisible()) {
            note(shard, stream);
            log(
                    shard,
                    stream,
                    new LogRecord.Used(stream.generation(), shard.clock().wallMillis(), 0));
        }
    }

    private static void log(ShardState shard, StreamState stream, LogRecord.Used record) {
        if (!shard.log(record, stream, outcome -> {})) {
            shard.useRefused();
            shard.useLater(stream);
        }
    }

    /** See {@link ShardState#apply}. */
    static Use apply(ShardState shard, StreamState stream, LogRecord record, Journal.Staged place) {
        Use step = new Use(shard, stream);
        stream.apply(record, place, Runs.NONE);
        shard.extents().markDirty(stream);
        return step;
    }

    @Override
    public void publish() {
        // Readers see nothing of it.
    }

    @Override
    public void undo() {
        stream.lifetime().undo(before);
        shard.useLater(stream);
    }
}
