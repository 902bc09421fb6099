package io.streamkeeper.server.shard.live;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The subscriptions of one loop at the tail of one stream, and what was delivered to them. Owned by the stream's
 * shard's loop.
 */
final class TailGroup {
    private final List<Subscription> subscriptions = new ArrayList<>();
    private Subscriber @Nullable [] snapshot;

    /** The tail, and whether it was the stream's end, when something was last read for them. */
    private long lookedAt;

    private boolean sawEnd;

    /** Where the last delivered step ends: at {@link #lookedAt}, or before a character that was not whole. */
    long deliveredTo;

    /** A round of them has begun and not ended. */
    boolean delivering;

    /** After that round nothing more comes. */
    boolean ends;

    /** A group of subscribers that have everything up to {@code tail}. */
    TailGroup(long tail) {
        this.lookedAt = tail;
        this.deliveredTo = tail;
    }

    void add(Subscription subscription) {
        subscription.attachedIndex = subscriptions.size();
        subscriptions.add(subscription);
        snapshot = null;
    }

    void remove(Subscription subscription) {
        Subscription last = subscriptions.remove(subscriptions.size() - 1);
        if (last != subscription) {
            subscriptions.set(subscription.attachedIndex, last);
            last.attachedIndex = subscription.attachedIndex;
        }
        snapshot = null;
    }

    boolean isEmpty() {
        return subscriptions.isEmpty();
    }

    /** Whether a tail, or an end, is to be delivered now that was not delivered. */
    boolean lacks(long tail, boolean closed) {
        return !delivering && (tail > lookedAt || (closed && !sawEnd));
    }

    void looked(long tail, boolean closed) {
        lookedAt = tail;
        sawEnd = closed;
    }

    /** A round of those that are here now; who leaves meanwhile is called all the same, who comes is not. */
    Round round(Consumer<Subscriber> call, Runnable end) {
        return new Round(snapshot(), call, end);
    }

    private Subscriber[] snapshot() {
        if (snapshot == null) {
            snapshot = subscriptions.stream().map(Subscription::subscriber).toArray(Subscriber[]::new);
        }
        return snapshot;
    }

    /** None of them is attached from now on; {@link #end} calls them. Returns how many were. */
    int leave() {
        int count = subscriptions.size();
        snapshot();
        subscriptions.forEach(subscription -> subscription.attachedTo = null);
        subscriptions.clear();
        return count;
    }

    /** Calls them a last time, after {@link #leave}. */
    void end() {
        round(Subscriber::ended, () -> {}).start();
    }
}
