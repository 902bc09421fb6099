package io.streamkeeper.server.subscription;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A subscription at one time, for its readers. Immutable.
 *
 * @param id the id
 * @param spec the configuration; its streams are those of the creation
 * @param links all links, in the order of their paths; empty in a list of subscriptions
 * @param linkCount the number of links
 * @param createdMillis milliseconds since 1970 UTC
 * @param isFailing whether a retry is scheduled after a failed delivery
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
        long linkCount,
        long createdMillis,
        boolean isFailing,
        @Nullable String lastError,
        long nextAttemptMillis,
        long generation,
        @Nullable String holder,
        long leaseUntilMillis) {
    /** Copies the list. */
    public SubscriptionView {
        links = List.copyOf(links);
    }

    /** The same with these links. */
    SubscriptionView withLinks(List<StreamLink> newLinks) {
        return new SubscriptionView(
                id,
                spec,
                newLinks,
                newLinks.size(),
                createdMillis,
                isFailing,
                lastError,
                nextAttemptMillis,
                generation,
                holder,
                leaseUntilMillis);
    }
}
