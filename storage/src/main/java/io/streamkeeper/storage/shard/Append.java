package io.streamkeeper.storage.shard;

import io.streamkeeper.protocol.Command;
import io.streamkeeper.protocol.ContentType;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Offset;
import io.streamkeeper.protocol.Outcome;
import io.streamkeeper.protocol.Outcome.Appended;
import io.streamkeeper.protocol.Producer;
import io.streamkeeper.protocol.Quoted;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.protocol.StreamChange;
import io.streamkeeper.storage.journal.Journal;
import io.streamkeeper.storage.record.LogRecord;
import io.streamkeeper.storage.record.Payload;
import io.streamkeeper.storage.record.Runs;
import io.streamkeeper.storage.stream.ProducerLimits;
import io.streamkeeper.storage.stream.StreamState;
import org.jspecify.annotations.Nullable;

/**
 * An append to a stream, its closure, or both.
 *
 * <p>It is decided against the staged state (sections 5.2, 5.2.1, 5.3). The order of the checks: a closed stream, the
 * content type, the body, the producer, {@code Stream-Seq}, {@code Stream-Expected-Offset}, {@code If-Match} and {@code
 * If-None-Match}. The preconditions are last because a request that would be refused without them is refused as if it
 * did not have them (RFC 9110 section 13.2.1). A duplicate is recognised before the last four checks, because the
 * request that it repeats has changed the values that they compare with. Limits of memory and of what is stored are
 * checked when the append would be stored, so they refuse no duplicate.
 */
final class Append implements CommitQueue.Step {
    private final ShardState shard;
    private final StreamState stream;
    private final StreamState.Mark before;
    private final long tail;
    private final boolean closed;
    private final int appendedSeconds;

    private Append(ShardState shard, StreamState stream, StreamState.Mark before) {
        this.shard = shard;
        this.stream = stream;
        this.before = before;
        this.tail = stream.tail();
        this.closed = stream.isClosed();
        this.appendedSeconds = stream.stagedAppendSeconds();
    }

    /** Decides a client's command; the caller releases its body. */
    static void decide(ShardState shard, Command.Append append, Reply reply) {
        StreamState stream = shard.staged(append.path());
        if (stream == null || stream.isDeleted()) {
            shard.answer(append.path(), ShardState.absent(append.path(), stream), reply);
            return;
        }
        if (Deletion.answerExpired(shard, stream, reply)) {
            return;
        }
        long now = shard.clock().wallMillis();
        Use.note(shard, stream);
        Outcome answer = check(stream, append, shard.producers(), now);
        if (answer != null) {
            if (answer instanceof Appended && append.producer() != null) {
                shard.figures().duplicate();
            }
            Use.record(shard, stream);
            shard.answer(stream, answer, reply);
        } else {
            stage(shard, stream, append, now, reply);
        }
    }

    private static void stage(ShardState shard, StreamState stream, Command.Append append, long now, Reply reply) {
        LogRecord.Appended record = new LogRecord.Appended(
                stream.generation(),
                append.producer(),
                stream.evictionsFor(append.producer(), shard.producers(), now),
                append.streamSeq(),
                append.close(),
                now);
        if (!hasRoom(shard, stream, append)) {
            shard.refuseForHeap(reply);
            return;
        }
        Payload payload = Payload.of(append.body(), stream.content().limits(), stream.generation(), stream.tail());
        Journal.Staged staged = shard.stageUse(record, stream, payload, reply);
        if (staged == null) {
            return;
        }
        CommitQueue.Step step = shard.apply(record, stream, staged, payload.runs());
        Outcome outcome = new Appended(
                stream.offsetAt(stream.tail()), stream.isClosed(), payload.storedBytes() > 0, append.producer());
        shard.commit(staged.lsn(), step, outcome, reply);
        Trim.decide(shard, stream);
    }

    /** Whether heap is available for an append; a closure without a body needs none. */
    private static boolean hasRoom(ShardState shard, StreamState stream, Command.Append append) {
        if (append.body().isEmpty()) {
            return true;
        }
        Producer producer = append.producer();
        boolean isKnown = producer == null || stream.lastOf(producer.id()) != null;
        return isKnown ? shard.heap().hasRoom() : shard.heap().hasRoomForMore();
    }

    /** See {@link ShardState#apply}. */
    static Append apply(
            ShardState shard, StreamState stream, LogRecord.Appended record, Journal.Staged place, Runs runs) {
        StreamState.Mark before = stream.mark(record);
        stream.apply(record, place, runs);
        shard.heap().count(stream);
        shard.extents().markDirty(stream);
        return new Append(shard, stream, before);
    }

    @Override
    public void publish() {
        boolean closes = closed && !stream.isDurablyClosed();
        stream.publish(tail, closed);
        if (tail > before.tail()) {
            stream.publishAppended(appendedSeconds);
        }
        if (closes) {
            shard.changed(StreamChange.Kind.CLOSED, stream);
        }
        shard.moved(stream);
    }

    @Override
    public void undo() {
        stream.undo(before);
    }

    // ---- rules ----

    /** The answer to an append that changes nothing, or null if the stream accepts it. */
    private static @Nullable Outcome check(
            StreamState stream, Command.Append append, ProducerLimits limits, long nowMillis) {
        if (stream.isClosed()) {
            return onClosed(stream, append);
        }
        Refusal refusal = checkBody(stream, append);
        if (refusal != null) {
            return refusal;
        }
        Outcome answer = checkProducer(stream, append, limits, nowMillis);
        if (answer != null) {
            return answer;
        }
        refusal = checkSeq(stream, append.streamSeq());
        return refusal != null ? refusal : checkTail(stream, append);
    }

    private static Outcome onClosed(StreamState stream, Command.Append append) {
        Producer producer = append.producer();
        boolean repeatsClose = producer != null && producer.equals(stream.closedBy());
        boolean closesAgain =
                producer == null && append.close() && append.body().isEmpty();
        if (repeatsClose || closesAgain) {
            return new Appended(stream.offsetAt(stream.tail()), true, false, producer);
        }
        return Refusal.at(
                ErrorCode.STREAM_CLOSED,
                "stream " + Quoted.of(stream.path().value()) + " is closed and accepts no more appends",
                stream.offsetAt(stream.tail()),
                true);
    }

    private static @Nullable Refusal checkBody(StreamState stream, Command.Append append) {
        if (append.body().isEmpty()) {
            return null;
        }
        ContentType type = append.contentType();
        if (type == null || !type.matches(stream.config().contentType())) {
            return Refusal.of(
                    ErrorCode.CONTENT_TYPE_MISMATCH,
                    "Content-Type is " + Quoted.of(String.valueOf(type)) + ", expected the stream's own "
                            + Quoted.of(stream.config().contentType().value()));
        }
        return append.body().problem();
    }

    private static @Nullable Outcome checkProducer(
            StreamState stream, Command.Append append, ProducerLimits limits, long nowMillis) {
        Producer producer = append.producer();
        if (producer == null) {
            return null;
        }
        Producer last = stream.lastOf(producer.id());
        if (last == null) {
            Refusal gap = checkNext(producer, 0);
            return gap != null ? gap : checkRoom(stream, producer, limits, nowMillis);
        }
        if (producer.epoch() < last.epoch()) {
            return Refusal.staleEpoch(
                    "producer " + Quoted.of(producer.id()) + " is in epoch " + producer.epoch() + ", but epoch "
                            + last.epoch() + " has begun",
                    last.epoch());
        }
        if (producer.epoch() > last.epoch()) {
            return producer.seq() == 0
                    ? null
                    : Refusal.of(
                            ErrorCode.INVALID_PRODUCER,
                            "Producer-Seq is " + producer.seq() + " in the new epoch " + producer.epoch()
                                    + ", expected 0");
        }
        if (producer.seq() <= last.seq()) {
            return new Appended(stream.offsetAt(stream.tail()), false, false, last);
        }
        return checkNext(producer, last.seq() + 1);
    }

    private static @Nullable Refusal checkRoom(
            StreamState stream, Producer producer, ProducerLimits limits, long nowMillis) {
        if (stream.evictionsFor(producer, limits, nowMillis) >= 0) {
            return null;
        }
        return Refusal.of(
                ErrorCode.TOO_MANY_PRODUCERS,
                "stream " + Quoted.of(stream.path().value()) + " remembers " + limits.producersMax()
                        + " producers, which is the limit, and each has written within the last "
                        + limits.keptMillis() / 1000
                        + " s; use a Producer-Id again with a higher epoch");
    }

    private static @Nullable Refusal checkNext(Producer producer, long expectedSeq) {
        return producer.seq() == expectedSeq
                ? null
                : Refusal.sequenceGap(
                        "Producer-Seq is " + producer.seq() + ", expected " + expectedSeq, expectedSeq, producer.seq());
    }

    private static @Nullable Refusal checkSeq(StreamState stream, @Nullable String seq) {
        String last = stream.streamSeq();
        return seq == null || last == null || seq.compareTo(last) > 0
                ? null
                : Refusal.at(
                        ErrorCode.SEQUENCE_REGRESSION,
                        "Sequence conflict: Stream-Seq is " + Quoted.of(seq) + ", expected one that sorts after "
                                + Quoted.of(last),
                        stream.offsetAt(stream.tail()),
                        false);
    }

    private static @Nullable Refusal checkTail(StreamState stream, Command.Append append) {
        if (append.expectedOffset() == null && append.preconditions().isNone()) {
            return null;
        }
        Refusal refusal = checkExpected(stream, append.expectedOffset());
        return refusal != null
                ? refusal
                : append.preconditions()
                        .evaluate(stream.path(), stream.offsetAt(stream.tail()), stream.formerOffsetAt(stream.tail()));
    }

    /**
     * The official client distinguishes this conflict from that of {@code Stream-Seq} by the first words of the
     * message.
     */
    private static @Nullable Refusal checkExpected(StreamState stream, @Nullable Offset expected) {
        Offset tail = stream.offsetAt(stream.tail());
        return expected == null || stream.isTail(expected)
                ? null
                : Refusal.at(
                        ErrorCode.EXPECTED_OFFSET_CONFLICT,
                        "Expected offset conflict: Stream-Expected-Offset is " + expected
                                + ", but the stream's tail is " + tail,
                        tail,
                        false);
    }
}
