package io.streamkeeper.server.subscription;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A subscription at one time, for its readers. Immutable.
 *
 * @param id the id
 * @param spec the configuration; its streams are those of the creation
 * @param links the links of the range that was asked for, in the order of their paths; empty in a list of subscriptions
 * @param nextLinks the path after which further links follow; null if there are none
 * @param linkCount the number of all links
 * @param lacksRoom whether streams are not linked, because there are as many links as allowed
 * @param createdMillis milliseconds since 1970 UTC
 * @param state what it does
 * @param lag what is not acknowledged
 * @param attempts how many attempts in a row have failed
 * @param lastError why the last delivery failed; null if it has not
 * @param nextAttemptMillis when the next attempt is made, in milliseconds since 1970 UTC; 0 for none
 * @param generation the generation of the last wake; 0 for none
 * @param holder the worker that holds the lease; null for none
 * @param leaseUntilMillis when the lease ends, in milliseconds since 1970 UTC; 0 for none
 */
public record SubscriptionView(
        String id,
        SubscriptionSpec spec,
        List<StreamLink> links,
        @Nullable String nextLinks,
        long linkCount,
        boolean lacksRoom,
        long createdMillis,
        State state,
        Lag lag,
        int attempts,
        @Nullable String lastError,
        long nextAttemptMillis,
        long generation,
        @Nullable String holder,
        long leaseUntilMillis) {
    /** What a subscription does. */
    public enum State {
        /** There is nothing to do, or its owner may not read what there is. */
        IDLE,
        /** A worker is wanted, and none has answered or claimed. */
        WAKING,
        /** A worker has the lease. */
        LEASED,
        /** The last attempt to wake a worker has failed; the next one is scheduled, or under way. */
        RETRYING;

        /** The value of the field {@code state}. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Copies the list. */
    public SubscriptionView {
        links = List.copyOf(links);
    }

    /** Whether the last attempt has failed; the next one is scheduled, or under way. */
    public boolean isFailing() {
        return attempts > 0;
    }

    /** The same with these links, after which others follow if {@code next} is not null. */
    public SubscriptionView withLinks(List<StreamLink> newLinks, @Nullable String next) {
        return new SubscriptionView(
                id,
                spec,
                newLinks,
                next,
                linkCount,
                lacksRoom,
                createdMillis,
                state,
                lag,
                attempts,
                lastError,
                nextAttemptMillis,
                generation,
                holder,
                leaseUntilMillis);
    }
}
