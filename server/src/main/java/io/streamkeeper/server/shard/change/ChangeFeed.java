package io.streamkeeper.server.shard.change;

import io.netty.channel.EventLoop;
import io.streamkeeper.protocol.ListingPosition;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.protocol.StreamChange;
import io.streamkeeper.server.shard.Shard;
import io.streamkeeper.server.shard.Shards;
import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Follows the creations, closures and deletions of all streams whose paths begin with a prefix, from a position on. The
 * changes of one path come in their order. Owned by the loop of its listener.
 *
 * <p>The listener asks for changes, one answer at a time, so one that does not ask holds nothing but a number for each
 * shard. The history of a shard is bounded: if it has forgotten changes that were not asked for, the feed ends, and the
 * listener has to list the streams again.
 */
public final class ChangeFeed {
    /** Receives the changes; called on its loop. */
    public interface Listener {
        /** The loop that owns the feed. */
        EventLoop loop();

        /** There may be changes; called after {@link #received} said that there are no more. */
        void available();

        /**
         * The answer to {@link ChangeFeed#next}.
         *
         * @param changes may be empty
         * @param hasAll whether there are no more for now
         */
        void received(List<StreamChange> changes, boolean hasAll);

        /** Some of the next changes are forgotten; nothing more follows. */
        void gone();

        /** The server stops, or a step has failed; nothing more follows. */
        void failed(Refusal refusal);
    }

    /** The heap of a feed with its listener. */
    private static final int HEAP_BYTES = 2 << 10;

    /** The heap for each shard, with a group for its prefix alone. */
    private static final int HEAP_BYTES_PER_SHARD = 640;

    private final Listener listener;
    private final long start;
    private final boolean isOfThisStart;
    private final ChangeSubscription[] subscriptions;
    private final long[] numbers;
    private final boolean[] queued;

    /** The shards that may have changes. */
    private final ArrayDeque<Integer> queue = new ArrayDeque<>();

    private boolean reads;
    private boolean over;

    /**
     * A feed.
     *
     * @param prefix the text with which the paths begin; empty for all
     * @param from the position after which it begins; null for now
     */
    public ChangeFeed(Shards shards, String prefix, @Nullable ListingPosition from, Listener listener) {
        List<Shard> all = shards.all();
        this.listener = listener;
        this.start = shards.incarnation();
        this.isOfThisStart = from == null || (from.start() == start && from.shards() == all.size());
        this.subscriptions = new ChangeSubscription[all.size()];
        this.numbers = new long[all.size()];
        this.queued = new boolean[all.size()];
        for (int i = 0; i < subscriptions.length; i++) {
            numbers[i] = from == null || !isOfThisStart ? ChangeSubscription.FROM_NOW : from.number(i);
            subscriptions[i] = new ChangeSubscription(this, i, all.get(i), prefix, numbers[i]);
        }
        refresh();
    }

    /** The heap that a feed takes. */
    public static long heapBytes(Shards shards, String prefix) {
        return HEAP_BYTES + 3L * prefix.length() + (long) HEAP_BYTES_PER_SHARD * shards.count();
    }

    EventLoop loop() {
        return listener.loop();
    }

    // ---- the listener ----

    /** Whether {@link #next} may be called: there may be changes, and none are on their way. */
    public boolean isReady() {
        return !reads && !over && !queue.isEmpty();
    }

    /** Asks for the next changes; the listener is called once, perhaps at once. */
    public void next() {
        if (!isReady()) {
            throw new IllegalStateException("a feed of changes is not ready");
        }
        if (!isOfThisStart) {
            gone();
            return;
        }
        int index = queue.remove();
        queued[index] = false;
        reads = true;
        subscriptions[index].readOn();
    }

    /** Asks all shards again, so that the position includes all changes that do not concern the prefix. */
    public void refresh() {
        for (int i = 0; i < subscriptions.length; i++) {
            add(i);
        }
    }

    /** The position after everything that was received; known since there were no more changes for the first time. */
    public ListingPosition position() {
        return new ListingPosition(start, numbers);
    }

    /** Ends the feed; the listener is not called any more. */
    public void close() {
        over = true;
        for (ChangeSubscription subscription : subscriptions) {
            subscription.cancel();
        }
    }

    private void add(int index) {
        if (!queued[index]) {
            queued[index] = true;
            queue.add(index);
        }
    }

    // ---- the shards ----

    void woken(int index) {
        if (over) {
            return;
        }
        boolean isNew = queue.isEmpty() && !reads;
        add(index);
        if (isNew) {
            listener.available();
        }
    }

    void answered(int index, List<StreamChange> changes, long number, boolean hasAll) {
        if (over) {
            return;
        }
        reads = false;
        numbers[index] = number;
        if (!hasAll) {
            add(index);
        }
        listener.received(changes, queue.isEmpty());
    }

    void gone() {
        if (!over) {
            over = true;
            listener.gone();
        }
    }

    void failed(Refusal refusal) {
        if (!over) {
            over = true;
            listener.failed(refusal);
        }
    }
}
