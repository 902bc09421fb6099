package io.streamkeeper.server.subscription;

import io.streamkeeper.server.shard.Shard;
import io.streamkeeper.storage.disk.Clock;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Looks at the tails of all streams that subscriptions of one shard are behind with, when their lag is asked for: an append
 * to such a stream is not reported, because it costs the subscription nothing. One look after the other, and not again for
 * some seconds, so that it costs little, however often the lag is asked for. Owned by the loop of the shard.
 */
final class TailLooks {
    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** A subscription that has failed does not continue the looks; they begin again after this time. */
    private static final long LOST_NANOS = TimeUnit.MINUTES.toNanos(2);

    private final Shard shard;
    private final Clock clock;
    private long dueNanos;

    TailLooks(Shard shard, Clock clock) {
        this.shard = shard;
        this.clock = clock;
        this.dueNanos = clock.monotonicNanos();
    }

    /** Looks at the tails for {@code subscriptions}, unless it does so or has just done so. */
    void look(Collection<OwnedSubscription> subscriptions) {
        if (clock.monotonicNanos() - dueNanos >= 0) {
            dueNanos = clock.monotonicNanos() + LOST_NANOS;
            next(List.copyOf(subscriptions).iterator());
        }
    }

    private void next(Iterator<OwnedSubscription> left) {
        while (left.hasNext()) {
            OwnedSubscription subscription = left.next();
            if (subscription.isActive() && subscription.links().hasPending()) {
                subscription.mailbox().run(() -> subscription.links().lookAtTails(() -> nextLater(left)));
                return;
            }
        }
        dueNanos = clock.monotonicNanos() + PAUSE_NANOS;
    }

    private void nextLater(Iterator<OwnedSubscription> left) {
        shard.runLater(() -> next(left));
    }
}
