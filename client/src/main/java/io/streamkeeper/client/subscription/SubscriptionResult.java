package io.streamkeeper.client.subscription;

/**
 * The result of the creation of a subscription.
 *
 * @param existed whether it had been created with the same options before
 * @param subscription what it is now
 */
public record SubscriptionResult(boolean existed, Subscription subscription) {}
