package io.streamkeeper.client.subscription;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A subscription at one time (section 6.3).
 *
 * @param id its name
 * @param type how workers are woken
 * @param pattern which streams are followed; null for none
 * @param webhookUrl the URL that receives wakes; null with a pull-wake subscription
 * @param wakeStream the path of the stream that receives wakes; null with a webhook
 * @param lease the time for which one worker has the work
 * @param description for people; null for none
 * @param createdAt when it was created; null if the server does not return it
 * @param state what it does now
 * @param streamCount the number of its streams
 * @param streams its streams in the order of their paths; empty in a list of subscriptions
 */
public record Subscription(
        String id,
        SubscriptionType type,
        @Nullable String pattern,
        @Nullable String webhookUrl,
        @Nullable String wakeStream,
        Duration lease,
        @Nullable String description,
        @Nullable Instant createdAt,
        SubscriptionState state,
        long streamCount,
        List<LinkedStream> streams) {
    /**
     * Copies the list.
     *
     * @param id its name
     * @param type how workers are woken
     * @param pattern which streams are followed; null for none
     * @param webhookUrl the URL that receives wakes; null with a pull-wake subscription
     * @param wakeStream the path of the stream that receives wakes; null with a webhook
     * @param lease the time for which one worker has the work
     * @param description for people; null for none
     * @param createdAt when it was created; null if the server does not return it
     * @param state what it does now
     * @param streamCount the number of its streams
     * @param streams its streams in the order of their paths; empty in a list of subscriptions
     */
    public Subscription {
        streams = List.copyOf(streams);
    }
}
