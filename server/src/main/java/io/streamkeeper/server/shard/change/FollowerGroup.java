package io.streamkeeper.server.shard.change;

import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The subscriptions to one prefix that have all changes of a shard and wait for the next one, in the order in which they
 * began to wait. Owned by the shard's loop.
 */
final class FollowerGroup {
    private final String prefix;
    private final long hash;
    private final Set<ChangeSubscription> waiting = new LinkedHashSet<>(2);

    /** The next group in the list of those whose prefixes have the same hash code. */
    @Nullable
    FollowerGroup nextOfHash;

    private boolean wakes;
    private long firstMatch;
    private long lastMatch;

    FollowerGroup(String prefix, long hash) {
        this.prefix = prefix;
        this.hash = hash;
    }

    String prefix() {
        return prefix;
    }

    long hash() {
        return hash;
    }

    /** Whether subscriptions are being woken, so that the group may not be forgotten. */
    boolean isWaking() {
        return wakes;
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    void add(ChangeSubscription subscription) {
        waiting.add(subscription);
    }

    void remove(ChangeSubscription subscription) {
        waiting.remove(subscription);
    }

    /**
     * A change concerns the prefix.
     *
     * @return whether the subscriptions have to be woken, and are not being woken already
     */
    boolean matches(long number) {
        lastMatch = number;
        if (wakes) {
            return false;
        }
        wakes = true;
        firstMatch = number;
        return true;
    }

    /** The next subscription that has to be woken, which leaves the group; null if all others have every change. */
    @Nullable
    ChangeSubscription nextToWake() {
        Iterator<ChangeSubscription> first = waiting.iterator();
        ChangeSubscription next = first.hasNext() ? first.next() : null;
        if (next == null || next.waitsSince() >= lastMatch) {
            wakes = false;
            return null;
        }
        first.remove();
        return next;
    }

    /**
     * The number up to which no change concerns a subscription that waits, or is being woken.
     *
     * @param last the number of the last change of the shard
     */
    long nothingUpTo(ChangeSubscription subscription, long last) {
        return wakes ? Math.max(subscription.waitsSince(), firstMatch - 1) : last;
    }
}
