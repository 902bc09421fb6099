/**
 * Subscriptions: durable cursors that wake workers when streams have events which these have not seen (protocol sections 6
 * and 7). {@link io.streamkeeper.server.subscription.Subscriptions} is the entry, and {@code StoredSubscriptions} implements
 * it.
 *
 * <p>The loop of the shard that has the log of a subscription owns the subscription. In reading order: {@code
 * SubscriptionState} is what is durable, a function of {@code SubscriptionEvent}s, which {@code EventJson} writes and {@code
 * SubscriptionLog} appends to a stream. {@code OwnedSubscription} decides requests, one at a time ({@code RequestQueue}); its
 * parts are {@code WorkerRequests}, {@code Membership} and {@code WakeCycle}, which makes wakes and has them delivered by
 * {@code WebhookCourier} or {@code WakeStreamWriter}. {@code ShardSubscriptions} has those of one shard.
 *
 * <p>{@code Links} are the streams of a subscription. Each shard has a {@code ShardWatch}, owned by its loop, which reports
 * creations, appends and deletions to a {@code Subscriber}, and finds the patterns in a {@code GlobIndex}.
 */
@NullMarked
package io.streamkeeper.server.subscription;

import org.jspecify.annotations.NullMarked;
