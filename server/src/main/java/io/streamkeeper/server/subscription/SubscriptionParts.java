package io.streamkeeper.server.subscription;

import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * What requests about subscriptions use. Used by all loops.
 *
 * @param subscriptions all subscriptions
 * @param webhookUrl returns the normal form of the URL of a webhook, or throws a {@link
 *     io.streamkeeper.protocol.RefusedException}
 * @param keys sign webhooks
 * @param tokens verifies the tokens of wakes
 * @param base the URL that streams are below, with a slash at its end
 */
public record SubscriptionParts(
        Subscriptions subscriptions,
        UnaryOperator<String> webhookUrl,
        WebhookKeys keys,
        WakeTokens tokens,
        Supplier<String> base) {}
