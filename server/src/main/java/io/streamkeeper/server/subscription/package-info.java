/**
 * Subscriptions: durable cursors that wake workers when streams have events which these have not seen (protocol sections 6
 * and 7). {@link io.streamkeeper.server.subscription.Subscriptions} is the entry.
 *
 * <p>The loop of the shard that has the log of a subscription owns the subscription.
 */
@NullMarked
package io.streamkeeper.server.subscription;

import org.jspecify.annotations.NullMarked;
