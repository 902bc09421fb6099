package io.streamkeeper.server.shard.live;

import io.netty.channel.EventLoop;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Outcome;
import io.streamkeeper.protocol.Quoted;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.server.metrics.LoopCounters.Waiter;
import io.streamkeeper.server.shard.LoopTasks;
import io.streamkeeper.server.shard.Shard;
import io.streamkeeper.server.shard.TurnQueue;
import io.streamkeeper.server.shard.WholeText;
import io.streamkeeper.storage.stream.StreamState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The long-polls that wait at the tail of one stream. Owned by the shard's loop, which answers them {@value
 * #PIECE_POLLS} at a time in pieces of its {@link TurnQueue}.
 *
 * <p>To answer them, a walk visits the polls from the last to the first. A poll that is removed meanwhile is replaced
 * by the last one, so the polls that the walk has not visited are always before its place; polls that are parked
 * meanwhile are after it, and wait at the new tail.
 */
final class ParkedPolls {
    /** Polls that are answered in one piece. */
    static final int PIECE_POLLS = 16;

    /** As many polls as one with limits costs, for which the shard searches. */
    private static final int RANGED_POLLS = 4;

    private final Shard shard;
    private final StreamState stream;
    private final Runnable left;
    private final List<LongPoll> polls = new ArrayList<>();

    /** The walk has not visited the first {@code ahead} polls. */
    private int ahead;

    private boolean walks;

    /** Polls at the tail of {@code stream}; {@code left} runs after each removal of a poll. */
    ParkedPolls(Shard shard, StreamState stream, Runnable left) {
        this.shard = shard;
        this.stream = stream;
        this.left = left;
    }

    boolean isEmpty() {
        return polls.isEmpty();
    }

    int count() {
        return polls.size();
    }

    void park(LongPoll poll) {
        poll.parkedAt = this;
        poll.parkedPosition = stream.durableTail();
        poll.parkedIndex = polls.size();
        polls.add(poll);
        shard.counters().waiters(Waiter.LONG_POLL, 1);
        timeOutIn(poll, poll.timeoutMillis());
    }

    /** Answers a parked poll after {@code millis}, and no more at the time that was set before. */
    void timeOutIn(LongPoll poll, long millis) {
        if (poll.timeout != null) {
            poll.timeout.cancel(false);
        }
        poll.timeout = shard.loop().schedule(() -> timeOut(poll), millis, TimeUnit.MILLISECONDS);
    }

    /** Answers a poll with the data after its start, usually none. */
    void timeOut(LongPoll poll) {
        if (poll.parkedAt == this) {
            answer(List.of(poll));
        }
    }

    void unpark(LongPoll poll) {
        LongPoll last = polls.remove(polls.size() - 1);
        if (last != poll) {
            polls.set(poll.parkedIndex, last);
            last.parkedIndex = poll.parkedIndex;
        }
        poll.parkedAt = null;
        shard.counters().waiters(Waiter.LONG_POLL, -1);
        if (poll.timeout != null) {
            poll.timeout.cancel(false);
        }
        left.run();
    }

    /**
     * Answers the polls that have something to receive: all of them if the stream is deleted or closed. A poll that was
     * parked after the stream moved keeps waiting.
     */
    void wake() {
        ahead = polls.size();
        if (!walks && ahead > 0) {
            walks = true;
            shard.turns().add(this::piece);
        }
    }

    private void piece() {
        walks = false;
        List<LongPoll> woken = new ArrayList<>(PIECE_POLLS);
        ahead = Math.min(ahead, polls.size());
        for (int looks = 0; ahead > 0 && looks < PIECE_POLLS; looks++) {
            ahead--;
            LongPoll poll = polls.get(ahead);
            if (isDue(poll)) {
                looks += poll.read().range() == null ? 0 : RANGED_POLLS - 1;
                unpark(poll);
                woken.add(poll);
            }
        }
        answerUnparked(woken);
        if (ahead > 0 && !walks) {
            walks = true;
            shard.turns().add(this::piece);
        }
    }

    private boolean isDue(LongPoll poll) {
        return poll.parkedPosition < stream.durableTail() || stream.isDurablyClosed() || stream.isDurablyDeleted();
    }

    private void answer(List<LongPoll> woken) {
        woken.forEach(this::unpark);
        answerUnparked(woken);
    }

    private void answerUnparked(List<LongPoll> woken) {
        Map<Long, Outcome.Chunk> chunks = new HashMap<>();
        IdentityHashMap<EventLoop, List<Runnable>> answers = new IdentityHashMap<>();
        for (LongPoll poll : woken) {
            Runnable answer = answerOf(poll, chunks);
            if (answer != null) {
                answers.computeIfAbsent(poll.loop(), loop -> new ArrayList<>()).add(answer);
            }
        }
        chunks.values().forEach(chunk -> chunk.bytes().release());
        answers.forEach((loop, ofLoop) -> LoopTasks.run(loop, () -> ofLoop.forEach(Runnable::run)));
    }

    /**
     * A task that answers a poll which is not parked any more, to run on the poll's own loop. Null if a read that was
     * started here answers it later.
     */
    private @Nullable Runnable answerOf(LongPoll poll, Map<Long, Outcome.Chunk> chunks) {
        long lsnBefore = shard.store().lastLsn();
        try {
            if (stream.isDurablyDeleted()) {
                Refusal refusal = Refusal.of(
                        ErrorCode.STREAM_NOT_FOUND,
                        "stream " + Quoted.of(stream.path().value()) + " was deleted while it was waited for");
                return () -> poll.reply().complete(refusal);
            }
            if (poll.read().range() != null) {
                shard.readRange(
                        stream, poll.readFrom(stream.offsetAt(poll.parkedPosition)), poll.readBytesMax(), poll.reply());
                return null;
            }
            if (!stream.isInMemory(poll.parkedPosition, stream.durableTail())) {
                shard.readWholeText(stream, poll.parkedPosition, poll.readBytesMax(), poll.reply());
                return null;
            }
            Outcome.Chunk shared = chunks.computeIfAbsent(poll.parkedPosition, from -> read(from, poll.readBytesMax()));
            Outcome.Chunk own = shared.withBytes(shared.bytes().retainedDuplicate());
            return () -> poll.reply().complete(own);
        } catch (RuntimeException | Error e) {
            Refusal refusal = shard.store().faultIn(e, lsnBefore);
            return () -> poll.reply().complete(refusal);
        }
    }

    private Outcome.Chunk read(long from, int bytesMax) {
        return WholeText.of(shard.store().readNew(stream, from, Math.max(WholeText.BYTES_MIN, bytesMax)), stream);
    }
}
