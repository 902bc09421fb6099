package io.streamkeeper.storage.shard;

import io.streamkeeper.protocol.Command;
import io.streamkeeper.protocol.Outcome;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.protocol.StreamChange;
import io.streamkeeper.storage.journal.Journal;
import io.streamkeeper.storage.record.LogRecord;
import io.streamkeeper.storage.record.Payload;
import io.streamkeeper.storage.record.Runs;
import io.streamkeeper.storage.stream.StreamState;
import io.streamkeeper.storage.stream.TailWaiters;
import java.util.function.Predicate;

/** The deletion of a stream by a client, or its expiry; its bytes are kept as long as forks inherit them. */
final class Deletion implements CommitQueue.Step {
    private final ShardState shard;
    private final StreamState stream;
    private final boolean drops;
    private final StreamState.Bounds before;
    private Predicate<Refusal> again = refusal -> false;

    /** Created before the record is applied. */
    private Deletion(ShardState shard, StreamState stream, LogRecord.Deleted record) {
        this.shard = shard;
        this.stream = stream;
        this.drops = record.dropped();
        this.before = stream.bounds();
    }

    /**
     * Decides a client's command.
     *
     * @param again see {@link CommitQueue.Step#again}
     */
    static void decide(ShardState shard, Command.Delete delete, Reply reply, Predicate<Refusal> again) {
        StreamState stream = shard.staged(delete.path());
        if (stream == null || stream.isDeleted()) {
            shard.answer(delete.path(), ShardState.absent(delete.path(), stream), reply);
            return;
        }
        if (answerExpired(shard, stream, reply)) {
            return;
        }
        Refusal unmet = delete.preconditions()
                .evaluate(stream.path(), stream.offsetAt(stream.tail()), stream.formerOffsetAt(stream.tail()));
        if (unmet != null) {
            shard.answer(stream, unmet, reply);
        } else {
            stage(shard, stream, new Outcome.Deleted(), reply, again);
        }
    }

    /** Deletes a stream that has expired. A waiting live reader counts as use (section 5.1). */
    static void expireIfDue(ShardState shard, StreamState stream) {
        if (stream.isDeleted()) {
            return;
        }
        Use.ofWaiters(shard, stream);
        if (shard.isExpired(stream)) {
            stage(shard, stream, new Outcome.Deleted(), outcome -> {}, refusal -> false);
        }
    }

    /**
     * Answers a command on an expired stream whose expiry could not be logged because the journal refused the record.
     * The command does not use or revive the stream: it has expired even if that is not logged.
     *
     * @return false, without an answer, if the stream is deleted or has not expired
     */
    static boolean answerExpired(ShardState shard, StreamState stream, Reply reply) {
        if (stream.isDeleted() || !shard.isExpired(stream)) {
            return false;
        }
        stage(shard, stream, ShardState.absent(stream.path(), stream), reply, refusal -> false);
        return true;
    }

    private static void stage(
            ShardState shard, StreamState stream, Outcome outcome, Reply reply, Predicate<Refusal> again) {
        LogRecord.Deleted record = new LogRecord.Deleted(
                stream.generation(), stream.forks() == 0, shard.clock().wallMillis());
        Journal.Staged staged = shard.stage(record, Payload.NONE, reply);
        if (staged == null) {
            return;
        }
        int streamsBefore = CountedStep.streams(stream);
        long bytesBefore = CountedStep.bytes(stream);
        Deletion step = apply(shard, stream, record, staged);
        step.again = again;
        shard.commit(
                staged.lsn(),
                shard.counted(step, stream, streamsBefore, bytesBefore),
                outcome,
                shard.releases().before(stream.path(), reply));
    }

    /** See {@link ShardState#apply}. */
    static Deletion apply(ShardState shard, StreamState stream, LogRecord.Deleted record, Journal.Staged place) {
        Deletion step = new Deletion(shard, stream, record);
        stream.apply(record, place, Runs.NONE);
        shard.extents().markDirty(stream);
        return step;
    }

    @Override
    public void publish() {
        stream.publishDeleted();
        shard.listingOf(stream).remove(stream);
        shard.changed(StreamChange.Kind.DELETED, stream);
        shard.expiring().remove(stream);
        TailWaiters waiters = stream.waiters();
        if (waiters != null) {
            waiters.gone(stream);
        }
        if (drops) {
            shard.drop(stream);
        }
        if (drops || (shard.leads() && stream.forks() == 0)) {
            shard.releaseSourceOf(stream);
        }
    }

    @Override
    public void undo() {
        stream.undo(before);
        if (stream.isVisible()) {
            shard.expiring().add(stream);
            shard.trimLater(stream);
        }
    }

    /** If another stream has the path now, it is not deleted, because the command did not apply to it. */
    @Override
    @SuppressWarnings("ReferenceEquality")
    public boolean again(Refusal refusal) {
        StreamState now = shard.latest(stream.path());
        boolean isAnother = now != null && now != stream && !now.isDeleted();
        return !isAnother && again.test(refusal);
    }
}
