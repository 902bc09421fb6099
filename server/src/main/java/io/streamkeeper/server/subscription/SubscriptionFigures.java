package io.streamkeeper.server.subscription;

/**
 * Numbers about all subscriptions at one time, for operators. Immutable.
 *
 * @param subscriptions how many exist
 * @param links their links
 * @param leases leases that are held
 * @param failing subscriptions whose last delivery has failed
 * @param pendingLinks links with work that is not acknowledged
 * @param oldestPendingMillis for how long the oldest of these has had such work; 0 for none
 * @param waitingDeliveries deliveries that wait because as many as allowed are under way
 */
public record SubscriptionFigures(
        long subscriptions,
        long links,
        long leases,
        long failing,
        long pendingLinks,
        long oldestPendingMillis,
        long waitingDeliveries) {
    /** No subscription. */
    public static final SubscriptionFigures NONE = new SubscriptionFigures(0, 0, 0, 0, 0, 0, 0);

    /** The sum of both: those of two loops. */
    public SubscriptionFigures plus(SubscriptionFigures other) {
        return new SubscriptionFigures(
                subscriptions + other.subscriptions,
                links + other.links,
                leases + other.leases,
                failing + other.failing,
                pendingLinks + other.pendingLinks,
                Math.max(oldestPendingMillis, other.oldestPendingMillis),
                waitingDeliveries + other.waitingDeliveries);
    }
}
