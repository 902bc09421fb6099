package io.streamkeeper.server.shard;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.EventLoop;
import io.streamkeeper.protocol.Cursor;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Outcome;
import io.streamkeeper.protocol.Quoted;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.storage.Buffers;
import io.streamkeeper.storage.StreamState;
import io.streamkeeper.storage.TailWaiters;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Those who wait at the tail of one stream: parked long-polls and attached subscriptions. Owned by the shard's loop.
 *
 * <p>When the stream moves they are woken at the end of the turn, so that several appends are told together. The step is
 * read once; it is encoded as events once; and each loop that has waiters gets one task.
 */
final class LiveTail implements TailWaiters {
    private static final Logger LOG = LoggerFactory.getLogger(LiveTail.class);

    /** A step longer than this is not shared: subscribers pull it piece by piece, each at its own pace. */
    private static final int SHARED_BYTES_MAX = 256 << 10;

    private final Shard shard;
    private final StreamState stream;
    private final List<LongPoll> polls = new ArrayList<>();
    private final IdentityHashMap<EventLoop, Group> groups = new IdentityHashMap<>();
    private int subscriptionCount;
    private long toldUpTo;
    private boolean wakes;
    private boolean reads;

    LiveTail(Shard shard, StreamState stream) {
        this.shard = shard;
        this.stream = stream;
        this.toldUpTo = stream.durableTail();
    }

    // ---- who waits ----

    void park(LongPoll poll) {
        poll.parkedAt = this;
        poll.parkedPosition = stream.durableTail();
        poll.parkedIndex = polls.size();
        polls.add(poll);
        poll.timeout = shard.loop().schedule(() -> timeOut(poll), poll.timeoutMillis(), TimeUnit.MILLISECONDS);
    }

    /** Answers a poll with what there is, which is nothing new. */
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
        if (poll.timeout != null) {
            poll.timeout.cancel(false);
        }
        forgetIfEmpty();
    }

    /** Takes a subscriber that has everything up to the tail; it is told from there on. */
    void attach(Subscription subscription) {
        if (subscriptionCount == 0) {
            toldUpTo = stream.durableTail();
        }
        Group group = groups.computeIfAbsent(subscription.subscriber().loop(), loop -> new Group());
        subscription.attachedTo = this;
        subscription.attachedIndex = group.subscriptions.size();
        group.subscriptions.add(subscription);
        group.changed();
        subscriptionCount++;
    }

    void detach(Subscription subscription) {
        EventLoop loop = subscription.subscriber().loop();
        Group group = groups.get(loop);
        if (group == null || subscription.attachedTo != this) {
            throw new IllegalStateException("detach of a subscription that is not attached to " + stream.path());
        }
        Subscription last = group.subscriptions.remove(group.subscriptions.size() - 1);
        if (last != subscription) {
            group.subscriptions.set(subscription.attachedIndex, last);
            last.attachedIndex = subscription.attachedIndex;
        }
        group.changed();
        subscription.attachedTo = null;
        subscriptionCount--;
        if (group.subscriptions.isEmpty()) {
            groups.remove(loop);
        }
        forgetIfEmpty();
    }

    private void forgetIfEmpty() {
        if (polls.isEmpty() && subscriptionCount == 0 && stream.waiters() == this) {
            stream.waiters(null);
        }
    }

    // ---- what they are told ----

    @Override
    public void moved(StreamState same) {
        if (!wakes) {
            wakes = true;
            shard.wakeLater(this);
        }
    }

    /** Tells everybody of everything since the last time. */
    void wake() {
        wakes = false;
        if (stream.isDurablyDeleted()) {
            return;
        }
        if (!polls.isEmpty()) {
            answerPolls();
        }
        if (subscriptionCount > 0) {
            tellSubscriptions();
        }
    }

    /** Answers the polls for which there is something; one that was parked since the stream moved goes on waiting. */
    private void answerPolls() {
        long tail = stream.durableTail();
        List<LongPoll> woken = new ArrayList<>();
        for (LongPoll poll : List.copyOf(polls)) {
            if (poll.parkedPosition < tail || stream.isDurablyClosed()) {
                woken.add(poll);
            }
        }
        answer(woken);
    }

    private void answer(List<LongPoll> woken) {
        Map<Long, Outcome.Chunk> chunks = new HashMap<>();
        IdentityHashMap<EventLoop, List<Runnable>> answers = new IdentityHashMap<>();
        for (LongPoll poll : woken) {
            unpark(poll);
            answers.computeIfAbsent(poll.loop(), loop -> new ArrayList<>()).add(answerOf(poll, chunks));
        }
        chunks.values().forEach(chunk -> chunk.bytes().release());
        answers.forEach((loop, ofLoop) -> LoopTasks.run(loop, () -> ofLoop.forEach(Runnable::run)));
    }

    private Runnable answerOf(LongPoll poll, Map<Long, Outcome.Chunk> chunks) {
        try {
            Outcome.Chunk shared = chunks.computeIfAbsent(poll.parkedPosition, from -> read(from, poll.readBytesMax()));
            Outcome.Chunk own = shared.withBytes(shared.bytes().retainedDuplicate());
            return () -> poll.reply().complete(own);
        } catch (RuntimeException | Error e) {
            Refusal refusal = shard.store().faultIn(e, shard.store().lastLsn());
            return () -> poll.reply().complete(refusal);
        }
    }

    private Outcome.Chunk read(long from, int bytesMax) {
        return WholeText.of(shard.store().readNew(stream, from, Math.max(WholeText.BYTES_MIN, bytesMax)), stream);
    }

    /** What was told last may end inside a character, whose first bytes are in a file by now: the read may take a while. */
    private void tellSubscriptions() {
        if (reads) {
            return;
        }
        reads = true;
        shard.store().read(stream, toldUpTo, Buffers.NONE, toldUpTo, SHARED_BYTES_MAX, outcome -> {
            reads = false;
            if (outcome instanceof Outcome.Chunk all) {
                tellOrEnd(all);
            } else {
                endSubscriptions();
            }
        });
    }

    /** A subscriber that cannot be told of a step would miss it: its response ends, and the client asks for it again. */
    private void tellOrEnd(Outcome.Chunk all) {
        try {
            tellSubscriptions(all);
        } catch (RuntimeException | Error e) {
            LOG.error("subscribers of stream {} cannot be told", stream.path(), e);
            endSubscriptions();
        }
    }

    private void tellSubscriptions(Outcome.Chunk all) {
        int tellable = SseFrame.tellableBytes(all);
        if (tellable == 0 && !all.closed()) {
            all.bytes().release();
            return;
        }
        long cursor = Cursor.interval(shard.store().nowMillis());
        Outcome.Chunk told = all.upTo(tellable, stream.offsetAt(toldUpTo + tellable));
        ByteBuf frame = SseFrame.encode(ByteBufAllocator.DEFAULT, told, Long.toString(cursor), true);
        TailEvent event = new TailEvent(toldUpTo, told.next().position(), told, frame, cursor, !all.upToDate());
        toldUpTo = all.upToDate() ? event.to() : stream.durableTail();
        List<Runnable> tellings = new ArrayList<>();
        groups.forEach((loop, group) -> {
            Subscriber[] subscribers = group.snapshot();
            event.retain();
            tellings.add(() -> LoopTasks.run(loop, () -> tell(event, subscribers)));
        });
        event.release();
        tellings.forEach(Runnable::run);
    }

    private static void tell(TailEvent event, Subscriber[] subscribers) {
        try {
            for (Subscriber subscriber : subscribers) {
                subscriber.moved(event);
            }
        } finally {
            event.release();
        }
    }

    @Override
    public void gone(StreamState same) {
        for (LongPoll poll : List.copyOf(polls)) {
            unpark(poll);
            poll.reply()
                    .complete(Refusal.of(
                            ErrorCode.STREAM_NOT_FOUND,
                            "stream " + Quoted.of(stream.path().value()) + " was deleted while it was waited for"));
        }
        endSubscriptions();
    }

    private void endSubscriptions() {
        for (Group group : List.copyOf(groups.values())) {
            for (Subscription subscription : List.copyOf(group.subscriptions)) {
                detach(subscription);
                Subscriber subscriber = subscription.subscriber();
                LoopTasks.run(subscriber.loop(), subscriber::ended);
            }
        }
    }

    /** The subscriptions of one loop. */
    private static final class Group {
        final List<Subscription> subscriptions = new ArrayList<>();
        private Subscriber @Nullable [] snapshot;

        void changed() {
            snapshot = null;
        }

        /** Who is to be told now; not changed afterwards, so another loop may walk it. */
        Subscriber[] snapshot() {
            if (snapshot == null) {
                snapshot = subscriptions.stream().map(Subscription::subscriber).toArray(Subscriber[]::new);
            }
            return snapshot;
        }
    }
}
