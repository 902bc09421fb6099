/**
 * Subscriptions, which wake workers when streams have more to process, the same in-process and over HTTP.
 *
 * <p>To read in this order: {@link io.streamkeeper.client.subscription.SubscriptionOptions}, how a subscription is
 * created; {@link io.streamkeeper.client.subscription.Subscription} with its {@link
 * io.streamkeeper.client.subscription.SubscriptionState} and each {@link
 * io.streamkeeper.client.subscription.LinkedStream}, what it is at one time; {@link
 * io.streamkeeper.client.subscription.SubscriptionCalls}, the requests about subscriptions, with their results {@link
 * io.streamkeeper.client.subscription.SubscriptionResult}, {@link io.streamkeeper.client.subscription.SubscriptionPage}
 * and {@link io.streamkeeper.client.subscription.Claim}; {@link io.streamkeeper.client.subscription.PullWakeWorker}, which
 * makes the requests of a worker and passes data to a {@link io.streamkeeper.client.subscription.WorkHandler} as {@link
 * io.streamkeeper.client.subscription.Work}; {@link io.streamkeeper.client.subscription.WebhookWake}, which a receiver of
 * webhooks gets.
 *
 * <p>The values are immutable and safe for use by any thread. A worker has a thread of its own.
 */
@NullMarked
package io.streamkeeper.client.subscription;

import org.jspecify.annotations.NullMarked;
