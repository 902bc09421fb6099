package io.streamkeeper.client.subscription;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a subscription does at one time.
 *
 * @param isFailing whether the last attempt to wake a worker has failed, and is repeated
 * @param lastError why the last attempt failed; null if it has not
 * @param nextAttemptAt when it is repeated; null if it is not
 * @param generation that of the last wake; 0 for none
 * @param holder the name of the worker that has the lease; null for none
 * @param leaseUntil when the lease ends; null for none
 */
public record SubscriptionState(
        boolean isFailing,
        @Nullable String lastError,
        @Nullable Instant nextAttemptAt,
        long generation,
        @Nullable String holder,
        @Nullable Instant leaseUntil) {}
