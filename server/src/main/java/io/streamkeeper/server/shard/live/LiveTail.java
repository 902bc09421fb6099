package io.streamkeeper.server.shard.live;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.EventLoop;
import io.streamkeeper.protocol.Cursor;
import io.streamkeeper.protocol.Outcome;
import io.streamkeeper.server.metrics.LoopCounters.Waiter;
import io.streamkeeper.server.shard.Shard;
import io.streamkeeper.storage.memory.Buffers;
import io.streamkeeper.storage.stream.StreamState;
import io.streamkeeper.storage.stream.TailWaiters;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The waiters at the tail of one stream: parked long-polls and attached subscriptions. Owned by the shard's loop.
 *
 * <p>When the stream moves, they are woken at the end of the turn, so that several appends are delivered together. The
 * step is read once and encoded as events once, and a {@link Round} delivers it to the subscribers of each loop. Until
 * the round ends, nothing else is delivered to its group: bytes appended meanwhile belong to the next step. So each
 * group holds at most one step, and each subscriber receives the steps in order.
 */
public final class LiveTail implements TailWaiters {
    private static final Logger LOG = LoggerFactory.getLogger(LiveTail.class);

    /** A step is shared up to this length; subscribers pull the rest piece by piece, each at its own pace. */
    private static final int SHARED_BYTES_MAX = 256 << 10;

    private final Shard shard;
    private final StreamState stream;
    private final ParkedPolls polls;
    private final IdentityHashMap<EventLoop, TailGroup> groups = new IdentityHashMap<>();
    private boolean wakes;
    private boolean reads;

    private LiveTail(Shard shard, StreamState stream) {
        this.shard = shard;
        this.stream = stream;
        this.polls = new ParkedPolls(shard, stream, this::forgetIfEmpty);
    }

    /** The waiters of a stream, created with the first of them. */
    static LiveTail of(Shard shard, StreamState stream) {
        if (stream.waiters() instanceof LiveTail tail) {
            return tail;
        }
        LiveTail tail = new LiveTail(shard, stream);
        stream.waiters(tail);
        return tail;
    }

    // ---- waiters ----

    void park(LongPoll poll) {
        polls.park(poll);
    }

    /** Attaches a subscriber that has everything up to the tail; it receives all later steps. */
    void attach(Subscription subscription) {
        Subscriber subscriber = subscription.subscriber();
        TailGroup group = groups.computeIfAbsent(subscriber.loop(), loop -> new TailGroup(stream.durableTail()));
        subscription.attachedTo = this;
        group.add(subscription);
        shard.counters().waiters(Waiter.SSE, 1);
    }

    void detach(Subscription subscription) {
        EventLoop loop = subscription.subscriber().loop();
        TailGroup group = groups.get(loop);
        if (group == null || subscription.attachedTo != this) {
            throw new IllegalStateException("detach of a subscription that is not attached to " + stream.path());
        }
        group.remove(subscription);
        subscription.attachedTo = null;
        shard.counters().waiters(Waiter.SSE, -1);
        if (group.isEmpty()) {
            groups.remove(loop);
        }
        forgetIfEmpty();
    }

    private void forgetIfEmpty() {
        if (polls.isEmpty() && groups.isEmpty() && stream.waiters() == this) {
            stream.waiters(null);
        }
    }

    @Override
    public int count() {
        int count = polls.count();
        for (TailGroup group : groups.values()) {
            count += group.count();
        }
        return count;
    }

    // ---- delivery ----

    @Override
    public void moved(StreamState same) {
        if (!wakes) {
            wakes = true;
            shard.runLater(this::wake);
        }
    }

    /** Delivers everything since the previous call to all waiters. */
    void wake() {
        wakes = false;
        if (!stream.isDurablyDeleted()) {
            polls.wake();
            deliverSteps();
        }
    }

    /**
     * Reads the next step for a group that lacks one; the groups at the same position receive it too. The previous step
     * may have ended inside a character whose first bytes are in a file now, so the read may complete in a later turn.
     */
    private void deliverSteps() {
        if (reads) {
            return;
        }
        long tail = stream.durableTail();
        boolean closed = stream.isDurablyClosed();
        for (TailGroup group : groups.values()) {
            if (group.lacks(tail, closed)) {
                long from = group.deliveredTo;
                reads = true;
                shard.store().read(stream, from, Buffers.NONE, from, SHARED_BYTES_MAX, outcome -> {
                    reads = false;
                    if (outcome instanceof Outcome.Chunk step) {
                        deliverOrEnd(from, step);
                    } else {
                        endSubscriptions();
                    }
                });
                return;
            }
        }
    }

    /**
     * Delivers a step. If that fails, the subscriptions end, because the subscribers would miss the step; their clients
     * connect again and read it then.
     */
    private void deliverOrEnd(long from, Outcome.Chunk step) {
        try {
            deliver(from, step);
        } catch (RuntimeException | Error e) {
            LOG.error("a step of stream {} cannot be delivered to its subscribers", stream.path(), e);
            endSubscriptions();
        }
        deliverSteps();
    }

    private void deliver(long from, Outcome.Chunk step) {
        List<TailGroup> ready = new ArrayList<>();
        for (TailGroup group : groups.values()) {
            if (group.lacks(stream.durableTail(), stream.isDurablyClosed()) && group.deliveredTo == from) {
                group.looked(stream.durableTail(), stream.isDurablyClosed());
                ready.add(group);
            }
        }
        int sendable = SseFrame.sendableBytes(step);
        long tail = step.next().position();
        boolean isOfUse = sendable > 0 || step.closed() || ready.stream().anyMatch(group -> group.endsAt(tail));
        if (ready.isEmpty() || !isOfUse) {
            step.bytes().release();
            return;
        }
        long cursor = Cursor.interval(shard.store().nowMillis());
        Outcome.Chunk delivered = step.upTo(sendable, stream.offsetAt(from + sendable));
        ByteBuf frame = LongEvent.isFor(delivered)
                ? Buffers.NONE
                : SseFrame.encode(ByteBufAllocator.DEFAULT, delivered, Long.toString(cursor), true);
        TailEvent event =
                new TailEvent(from, delivered.next().position(), tail, delivered, frame, cursor, !step.upToDate());
        for (TailGroup group : ready) {
            group.deliveredTo = step.upToDate() ? event.to() : stream.durableTail();
            group.delivering = true;
            event.retain();
            group.round(subscriber -> subscriber.moved(event), () -> {
                        event.release();
                        shard.run(() -> roundEnded(group));
                    })
                    .start();
        }
        event.release();
    }

    private void roundEnded(TailGroup group) {
        group.delivering = false;
        if (group.ends) {
            group.end();
        } else if (!stream.isDurablyDeleted()) {
            deliverSteps();
        }
    }

    @Override
    public void gone(StreamState same) {
        polls.wake();
        endSubscriptions();
    }

    /** Ends all subscriptions, after the step that is being delivered. */
    private void endSubscriptions() {
        List<TailGroup> ending = List.copyOf(groups.values());
        groups.clear();
        for (TailGroup group : ending) {
            shard.counters().waiters(Waiter.SSE, -group.leave());
            if (group.delivering) {
                group.ends = true;
            } else {
                group.end();
            }
        }
        forgetIfEmpty();
    }
}
