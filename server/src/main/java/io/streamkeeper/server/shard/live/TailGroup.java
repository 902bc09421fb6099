package io.streamkeeper.server.shard.live;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The subscriptions of one loop at the tail of one stream, and the position up to which steps were delivered to them.
 * Owned by the loop of the stream's shard.
 */
final class TailGroup {
    private final List<Subscription> subscriptions = new ArrayList<>();
    private Subscriber @Nullable [] snapshot;

    /** The tail at the time of the last read for this group; {@link #sawEnd} is whether the stream was closed then. */
    private long lookedAt;

    private boolean sawEnd;

    /** Where the last delivered step ends: at {@link #lookedAt}, or before an incomplete character. */
    long deliveredTo;

    /** A round of this group is running. */
    boolean delivering;

    /** The subscriptions end after that round. */
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

    int count() {
        return subscriptions.size();
    }

    /** Whether a subscription ends at or before {@code position}. */
    boolean endsAt(long position) {
        return subscriptions.stream().anyMatch(subscription -> subscription.endsAt(position));
    }

    /** Whether the stream has a tail, or an end, that was not delivered to the group, and no round is running. */
    boolean lacks(long tail, boolean closed) {
        return !delivering && (tail > lookedAt || (closed && !sawEnd));
    }

    void looked(long tail, boolean closed) {
        lookedAt = tail;
        sawEnd = closed;
    }

    /** A round of the present subscribers: one that leaves during the round is still called, one that joins is not. */
    Round round(Consumer<Subscriber> call, Runnable end) {
        return new Round(snapshot(), call, end);
    }

    private Subscriber[] snapshot() {
        if (snapshot == null) {
            snapshot = subscriptions.stream().map(Subscription::subscriber).toArray(Subscriber[]::new);
        }
        return snapshot;
    }

    /** Detaches all subscriptions; {@link #end} calls their subscribers. Returns how many were attached. */
    int leave() {
        int count = subscriptions.size();
        snapshot();
        subscriptions.forEach(subscription -> subscription.attachedTo = null);
        subscriptions.clear();
        return count;
    }

    /** Reports the end to the subscribers, after {@link #leave}. */
    void end() {
        round(Subscriber::ended, () -> {}).start();
    }
}
