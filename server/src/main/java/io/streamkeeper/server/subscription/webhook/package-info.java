/**
 * Sends the wakes of subscriptions to webhooks (protocol sections 7.1, 12.8 to 12.10).
 *
 * <p>To read in this order: {@link io.streamkeeper.server.subscription.webhook.WebhookUrl}, where the server sends to,
 * with {@link io.streamkeeper.server.subscription.webhook.WebhookRules}, {@code WebhookUrlParser}, {@code WebhookHost}
 * and {@code ForbiddenAddresses}; {@link io.streamkeeper.server.subscription.webhook.StoredWebhookKeys}, what signs, with
 * {@code KeyFile}, {@code KeySet}, {@code SigningKey} and {@code VerifyingKey}; {@link
 * io.streamkeeper.server.subscription.webhook.SignedWakeTokens}; {@link
 * io.streamkeeper.server.subscription.webhook.WebhookClient}, which sends. A {@code Delivery} is one attempt: {@code
 * NameLookups} resolves the name, in the order of {@code NameLanes}, {@code AddressCheck} decides, {@code Connector}
 * connects, {@code WebhookConnection} has one exchange after the other, with {@code AnswerBody}, {@code RetryAfter} and {@code Reasons},
 * and is then kept in the pool of the {@code LoopDeliveries} of its loop.
 *
 * <p>An attempt and its connection belong to the loop that makes it. Workers sign and compute handshakes; threads of
 * their own resolve names.
 */
@NullMarked
package io.streamkeeper.server.subscription.webhook;

import org.jspecify.annotations.NullMarked;
