package io.streamkeeper.storage.shard;

import io.streamkeeper.protocol.Command;
import io.streamkeeper.protocol.ContentType;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Expiry;
import io.streamkeeper.protocol.MetadataChange;
import io.streamkeeper.protocol.Outcome;
import io.streamkeeper.protocol.Quoted;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.storage.journal.Journal;
import io.streamkeeper.storage.record.LogRecord;
import io.streamkeeper.storage.record.Payload;
import io.streamkeeper.storage.record.RunLimits;
import io.streamkeeper.storage.record.Runs;
import io.streamkeeper.storage.record.StreamConfig;
import io.streamkeeper.storage.stream.StreamState;
import org.jspecify.annotations.Nullable;

/**
 * A change of the properties of a stream: its content type, its expiry, its retention.
 *
 * <p>The order of the checks: the content type, the moment of expiry, whether anything changes, the preconditions. A
 * change that a stream has already is not logged and answered as if it were made, also if a precondition is false: it
 * may repeat the request that made it (RFC 9110 section 13.1.1).
 */
final class Change implements CommitQueue.Step {
    private final ShardState shard;
    private final StreamState stream;
    private final StreamConfig changed;
    private final StreamState.ChangeMark before;

    /** Created before the record is applied. */
    private Change(ShardState shard, StreamState stream, LogRecord.Changed record) {
        this.shard = shard;
        this.stream = stream;
        this.changed = record.config();
        this.before = stream.markChange();
    }

    /** Decides a client's command. It is a use of the stream, as an append is. */
    static void decide(ShardState shard, Command.Change change, Reply reply) {
        StreamState stream = shard.staged(change.path());
        if (stream == null || stream.isDeleted()) {
            shard.answer(change.path(), ShardState.absent(change.path(), stream), reply);
            return;
        }
        if (Deletion.answerExpired(shard, stream, reply)) {
            return;
        }
        Use.note(shard, stream);
        long now = shard.clock().wallMillis();
        Outcome answer = check(stream, change, now);
        if (answer != null) {
            Use.record(shard, stream);
            shard.answer(stream, answer, reply);
        } else if (!shard.heap().hasRoomFor(moreHeap(stream, change.change()))) {
            shard.refuseForHeap(reply);
        } else {
            stage(shard, stream, change.change(), now, reply);
        }
    }

    private static long moreHeap(StreamState stream, MetadataChange change) {
        RunLimits limits = RunLimits.of(change.retention(stream.config().retention()));
        return stream.content().moreHeapWith(limits);
    }

    private static void stage(ShardState shard, StreamState stream, MetadataChange change, long now, Reply reply) {
        StreamConfig config = stream.config();
        LogRecord.Changed record = new LogRecord.Changed(
                stream.generation(),
                shard.interned()
                        .config(
                                change.contentType(config.contentType()),
                                change.expiry(config.expiry()),
                                change.retention(config.retention())),
                now);
        Journal.Staged staged = shard.stage(record, Payload.NONE, reply);
        if (staged == null) {
            return;
        }
        CommitQueue.Step step = shard.apply(record, stream, staged, Runs.NONE);
        stream.lifetime().usedFirst(shard.clock().steadyMillis());
        shard.commit(staged.lsn(), step, new Outcome.Changed(stream.stagedInfo()), reply);
        Trim.decide(shard, stream);
    }

    /** See {@link ShardState#apply}. */
    static Change apply(ShardState shard, StreamState stream, LogRecord.Changed record, Journal.Staged place) {
        Change step = new Change(shard, stream, record);
        shard.expiring().remove(stream);
        stream.apply(record, place, Runs.NONE);
        shard.heap().count(stream);
        shard.extents().markDirty(stream);
        return step;
    }

    @Override
    public void publish() {
        stream.publishChanged(changed);
        shard.heap().count(stream);
        shard.keepUp(stream);
    }

    @Override
    public void undo() {
        shard.expiring().remove(stream);
        stream.undo(before);
        shard.heap().count(stream);
        if (stream.isVisible()) {
            shard.keepUp(stream);
        }
    }

    // ---- rules ----

    /** The answer to a command that changes nothing, or null if the stream accepts it. */
    private static @Nullable Outcome check(StreamState stream, Command.Change command, long nowMillis) {
        MetadataChange change = command.change();
        StreamConfig config = stream.config();
        ContentType type = change.contentType(config.contentType());
        if (!type.isReadAs(config.contentType())) {
            return unreadable(config.contentType(), type);
        }
        Expiry expiry = change.expiry(config.expiry());
        if (expiry instanceof Expiry.At at && at.epochMillis() <= nowMillis) {
            return past(at, nowMillis);
        }
        boolean isAsWanted = type.equals(config.contentType())
                && expiry.equals(config.expiry())
                && change.retention(config.retention()).equals(config.retention());
        return isAsWanted
                ? new Outcome.Changed(stream.stagedInfo())
                : command.preconditions()
                        .evaluateMetadata(command.path(), stream.stagedInfo().metadataTag());
    }

    private static Refusal unreadable(ContentType before, ContentType asked) {
        return Refusal.of(
                ErrorCode.CONTENT_TYPE_MISMATCH,
                "Content-Type is " + Quoted.of(asked.value()) + ", but the stream is " + Quoted.of(before.value())
                        + ", and its bytes would be read in another way; expected another type "
                        + (before.isJson() ? "of JSON" : before.isText() ? "of text in UTF-8" : "of bytes"));
    }

    private static Refusal past(Expiry.At at, long nowMillis) {
        return Refusal.of(
                ErrorCode.INVALID_HEADER,
                "Stream-Expires-At is " + Quoted.of(at.text()) + ", expected a time after the present one, "
                        + new Expiry.At(nowMillis).text() + "; DELETE ends a stream");
    }
}
