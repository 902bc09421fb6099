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
 * Those who wait at the tail of one stream: parked long-polls and attached subscriptions. Owned by the shard's loop.
 *
 * <p>When the stream moves they are woken at the end of the turn, so that several appends are told together. The step is
 * read once and encoded as events once; the subscribers of each loop are told of it in a {@link Round} of that loop. While
 * that lasts, its group is told of nothing else: what comes meanwhile is the next step, so each group holds one step at the
 * most, and each subscriber is told of them in order.
 */
public final class LiveTail implements TailWaiters {
    private static final Logger LOG = LoggerFactory.getLogger(LiveTail.class);

    /** A step longer than this is not shared: subscribers pull it piece by piece, each at its own pace. */
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

    /** The waiters of a stream, made when the first of them comes. */
    static LiveTail of(Shard shard, StreamState stream) {
        if (stream.waiters() instanceof LiveTail tail) {
            return tail;
        }
        LiveTail tail = new LiveTail(shard, stream);
        stream.waiters(tail);
        return tail;
    }

    // ---- who waits ----

    void park(LongPoll poll) {
        polls.park(poll);
    }

    /** Takes a subscriber that has everything up to the tail; it is told from there on. */
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

    // ---- what they are told ----

    @Override
    public void moved(StreamState same) {
        if (!wakes) {
            wakes = true;
            shard.runLater(this::wake);
        }
    }

    /** Tells everybody of everything since the last time. */
    void wake() {
        wakes = false;
        if (!stream.isDurablyDeleted()) {
            polls.wake();
            tellSubscriptions();
        }
    }

    /**
     * Reads the step of a group that has not been told of all, and of others that are where it is. What was told last may end
     * inside a character, whose first bytes are in a file by now: the read may take a while.
     */
    private void tellSubscriptions() {
        if (reads) {
            return;
        }
        long tail = stream.durableTail();
        boolean closed = stream.isDurablyClosed();
        for (TailGroup group : groups.values()) {
            if (group.lacks(tail, closed)) {
                long from = group.toldUpTo;
                reads = true;
                shard.store().read(stream, from, Buffers.NONE, from, SHARED_BYTES_MAX, outcome -> {
                    reads = false;
                    if (outcome instanceof Outcome.Chunk step) {
                        tellOrEnd(from, step);
                    } else {
                        endSubscriptions();
                    }
                });
                return;
            }
        }
    }

    /** A subscriber that cannot be told of a step would miss it: its response ends, and the client asks for it again. */
    private void tellOrEnd(long from, Outcome.Chunk step) {
        try {
            tell(from, step);
        } catch (RuntimeException | Error e) {
            LOG.error("subscribers of stream {} cannot be told", stream.path(), e);
            endSubscriptions();
        }
        tellSubscriptions();
    }

    private void tell(long from, Outcome.Chunk step) {
        List<TailGroup> ready = new ArrayList<>();
        for (TailGroup group : groups.values()) {
            if (group.lacks(stream.durableTail(), stream.isDurablyClosed()) && group.toldUpTo == from) {
                group.looked(stream.durableTail(), stream.isDurablyClosed());
                ready.add(group);
            }
        }
        int tellable = SseFrame.tellableBytes(step);
        if (ready.isEmpty() || (tellable == 0 && !step.closed())) {
            step.bytes().release();
            return;
        }
        long cursor = Cursor.interval(shard.store().nowMillis());
        Outcome.Chunk told = step.upTo(tellable, stream.offsetAt(from + tellable));
        ByteBuf frame = LongEvent.isFor(told)
                ? Buffers.NONE
                : SseFrame.encode(ByteBufAllocator.DEFAULT, told, Long.toString(cursor), true);
        TailEvent event = new TailEvent(from, told.next().position(), told, frame, cursor, !step.upToDate());
        for (TailGroup group : ready) {
            group.toldUpTo = step.upToDate() ? event.to() : stream.durableTail();
            group.telling = true;
            event.retain();
            group.round(subscriber -> subscriber.moved(event), () -> {
                        event.release();
                        shard.run(() -> told(group));
                    })
                    .start();
        }
        event.release();
    }

    private void told(TailGroup group) {
        group.telling = false;
        if (group.ends) {
            group.end();
        } else if (!stream.isDurablyDeleted()) {
            tellSubscriptions();
        }
    }

    @Override
    public void gone(StreamState same) {
        polls.wake();
        endSubscriptions();
    }

    /** They are told that nothing more comes, after what they are being told now. */
    private void endSubscriptions() {
        List<TailGroup> ending = List.copyOf(groups.values());
        groups.clear();
        for (TailGroup group : ending) {
            shard.counters().waiters(Waiter.SSE, -group.leave());
            if (group.telling) {
                group.ends = true;
            } else {
                group.end();
            }
        }
        forgetIfEmpty();
    }
}
