package io.streamkeeper.server.subscription;

/**
 * What subscriptions may use. Immutable.
 *
 * @param subscriptionsMax the most subscriptions
 * @param linksMax the most links of all subscriptions together
 */
public record SubscriptionLimits(int subscriptionsMax, long linksMax) {
    /** Limits that are not reached. */
    public static final SubscriptionLimits UNLIMITED = new SubscriptionLimits(Integer.MAX_VALUE, Long.MAX_VALUE);
}
