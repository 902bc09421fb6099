package io.streamkeeper.client.subscription;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A part of a list of subscriptions, in the order of their ids, without their streams.
 *
 * @param subscriptions those that the client may manage
 * @param next the id after which the next page begins; null for the last page
 */
public record SubscriptionPage(
        List<Subscription> subscriptions, @Nullable String next) {
    /**
     * Copies the list.
     *
     * @param subscriptions those that the client may manage
     * @param next the id after which the next page begins; null for the last page
     */
    public SubscriptionPage {
        subscriptions = List.copyOf(subscriptions);
    }
}
