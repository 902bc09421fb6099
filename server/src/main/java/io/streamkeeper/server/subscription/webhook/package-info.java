/**
 * Sends the wakes of subscriptions to webhooks (protocol sections 7.1, 12.8 to 12.10).
 *
 * <p>To read in this order: {@link io.streamkeeper.server.subscription.webhook.WebhookUrl}, where the server sends to,
 * with {@link io.streamkeeper.server.subscription.webhook.WebhookRules}, {@code WebhookUrlParser}, {@code WebhookHost}
 * and {@code ForbiddenAddresses}; {@link io.streamkeeper.server.subscription.webhook.StoredWebhookKeys}, what signs, with
 * {@code KeyFile}, {@code KeySet}, {@code SigningKey} and {@code VerifyingKey}; {@link
 * io.streamkeeper.server.subscription.webhook.SignedWakeTokens}.
 */
@NullMarked
package io.streamkeeper.server.subscription.webhook;

import org.jspecify.annotations.NullMarked;
