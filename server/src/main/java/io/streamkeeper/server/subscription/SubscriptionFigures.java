package io.streamkeeper.server.subscription;

import java.util.HashMap;
import java.util.Map;

/**
 * Numbers about all subscriptions at one time, for operators. Immutable.
 *
 * @param groups how many subscriptions there are of each group that has some
 * @param links their links
 * @param leases leases that are held
 * @param failing subscriptions whose last attempt to wake a worker has failed
 * @param lackingRoom subscriptions that lack links, because there are as many as allowed
 * @param lag what is not acknowledged
 * @param unclaimedMillis for how long the oldest wake that no worker has claimed has been in a wake stream; 0 for none
 * @param waitingDeliveries deliveries that wait because as many as allowed are under way
 */
public record SubscriptionFigures(
        Map<Group, Long> groups,
        long links,
        long leases,
        long failing,
        long lackingRoom,
        Lag lag,
        long unclaimedMillis,
        long waitingDeliveries) {
    /** No subscription. */
    public static final SubscriptionFigures NONE = new SubscriptionFigures(Map.of(), 0, 0, 0, 0, Lag.NONE, 0, 0);

    /** Subscriptions of one kind that do the same. */
    public record Group(SubscriptionSpec.Kind kind, SubscriptionView.State state) {}

    /** Copies the map. */
    public SubscriptionFigures {
        groups = Map.copyOf(groups);
    }

    /** The number of all subscriptions. */
    public long subscriptions() {
        return groups.values().stream().mapToLong(Long::longValue).sum();
    }

    /** The number of those in one state. */
    public long subscriptions(SubscriptionView.State state) {
        return groups.entrySet().stream()
                .filter(entry -> entry.getKey().state() == state)
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    /** The sum of both: those of two loops. */
    public SubscriptionFigures plus(SubscriptionFigures other) {
        Map<Group, Long> sums = new HashMap<>(groups);
        other.groups.forEach((group, count) -> sums.merge(group, count, Long::sum));
        return new SubscriptionFigures(
                sums,
                links + other.links,
                leases + other.leases,
                failing + other.failing,
                lackingRoom + other.lackingRoom,
                lag.plus(other.lag),
                Math.max(unclaimedMillis, other.unclaimedMillis),
                waitingDeliveries + other.waitingDeliveries);
    }

    /** Adds up figures of subscriptions. Used by one thread. */
    static final class Sum {
        private final Map<Group, Long> groups = new HashMap<>();
        private long links;
        private long leases;
        private long failing;
        private long lackingRoom;
        private Lag lag = Lag.NONE;
        private long unclaimedMillis;
        private long waitingDeliveries;

        /** Adds a subscription that {@code view} describes. */
        void add(SubscriptionView view, long unclaimedFor, boolean waitsForRoom) {
            groups.merge(new Group(view.spec().kind(), view.state()), 1L, Long::sum);
            links += view.linkCount();
            leases += view.leaseUntilMillis() > 0 ? 1 : 0;
            failing += view.isFailing() ? 1 : 0;
            lackingRoom += view.lacksRoom() ? 1 : 0;
            lag = lag.plus(view.lag());
            unclaimedMillis = Math.max(unclaimedMillis, unclaimedFor);
            waitingDeliveries += waitsForRoom ? 1 : 0;
        }

        SubscriptionFigures figures() {
            return new SubscriptionFigures(
                    groups, links, leases, failing, lackingRoom, lag, unclaimedMillis, waitingDeliveries);
        }
    }
}
