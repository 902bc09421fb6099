package io.streamkeeper.client.http;

import io.streamkeeper.client.api.StreamException;
import io.streamkeeper.client.subscription.Claim;
import io.streamkeeper.client.subscription.LinkedStream;
import io.streamkeeper.client.subscription.Subscription;
import io.streamkeeper.client.subscription.SubscriptionPage;
import io.streamkeeper.client.subscription.SubscriptionState;
import io.streamkeeper.client.subscription.SubscriptionType;
import io.streamkeeper.client.subscription.WebhookWake;
import java.io.IOException;
import java.net.URI;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the JSON of subscriptions, claims and webhooks (sections 6 and 7). */
final class SubscriptionAnswers {
    private static final String FAILED = "failed";
    private static final String EXPLICIT = "explicit";

    private SubscriptionAnswers() {}

    /** Reads a value from an object. */
    interface Reading<T> {
        T of(JsonObject json) throws IOException;
    }

    /**
     * Reads the body of a response.
     *
     * @throws StreamException.Invalid if it does not have what is expected
     */
    static <T> T read(Answer answer, Reading<T> reading) {
        try {
            return reading.of(JsonObject.read(answer.body()));
        } catch (IOException | DateTimeException e) {
            throw new StreamException.Invalid(
                    BatchAssembler.INVALID_ANSWER,
                    answer.status(),
                    "the server's answer about a subscription is not valid: " + e.getMessage());
        }
    }

    static Subscription subscription(JsonObject json) throws IOException {
        return subscription(json, streams(json));
    }

    private static Subscription subscription(JsonObject json, List<LinkedStream> streams) throws IOException {
        JsonObject webhook = json.object("webhook");
        return new Subscription(
                json.text("id"),
                type(json.text("type")),
                json.textOrNull("pattern"),
                webhook == null ? null : webhook.text("url"),
                json.textOrNull("wake_stream"),
                Duration.ofMillis(json.number("lease_ttl_ms")),
                json.textOrNull("description"),
                moment(json, "created_at"),
                state(json),
                json.number("stream_count", streams.size()),
                streams);
    }

    private static SubscriptionType type(String text) throws IOException {
        for (SubscriptionType type : SubscriptionType.values()) {
            if (type.text().equals(text)) {
                return type;
            }
        }
        throw new IOException("member \"type\" is \"" + text + "\"; expected webhook or pull-wake");
    }

    private static SubscriptionState state(JsonObject json) throws IOException {
        return new SubscriptionState(
                FAILED.equals(json.textOrNull("status")),
                json.textOrNull("last_error"),
                moment(json, "next_attempt_at"),
                json.number("generation", 0),
                json.textOrNull("holder"),
                moment(json, "lease_until"));
    }

    private static @Nullable Instant moment(JsonObject json, String name) throws IOException {
        String text = json.textOrNull(name);
        return text == null ? null : Instant.parse(text);
    }

    private static List<LinkedStream> streams(JsonObject json) throws IOException {
        List<LinkedStream> streams = new ArrayList<>();
        for (JsonObject stream : json.objects("streams")) {
            String acked = stream.text("acked_offset");
            String tail = stream.textOrNull("tail_offset");
            Boolean hasPending = stream.truth("has_pending");
            streams.add(new LinkedStream(
                    stream.text("path"),
                    EXPLICIT.equals(stream.textOrNull("link_type")),
                    acked,
                    tail == null ? acked : tail,
                    hasPending == null ? tail != null && !tail.equals(acked) : hasPending));
        }
        return streams;
    }

    static SubscriptionPage page(JsonObject json) throws IOException {
        List<Subscription> subscriptions = new ArrayList<>();
        for (JsonObject each : json.objects("subscriptions")) {
            subscriptions.add(subscription(each, List.of()));
        }
        return new SubscriptionPage(subscriptions, json.textOrNull("next"));
    }

    static Claim claim(JsonObject json, String subscription) throws IOException {
        return new Claim(
                subscription,
                json.text("wake_id"),
                json.number("generation"),
                json.text("token"),
                Duration.ofMillis(json.number("lease_ttl_ms")),
                streams(json));
    }

    static boolean wakesAgain(JsonObject json) throws IOException {
        return Boolean.TRUE.equals(json.truth("next_wake"));
    }

    /** The body of a webhook. */
    static WebhookWake wake(byte[] body) throws IOException {
        JsonObject json = JsonObject.read(body);
        String url = json.text("callback_url");
        URI callback;
        try {
            callback = URI.create(url);
        } catch (IllegalArgumentException e) {
            throw new IOException("member \"callback_url\" is \"" + url + "\"; expected a URL", e);
        }
        return new WebhookWake(
                json.text("subscription_id"),
                json.text("wake_id"),
                json.number("generation"),
                streams(json),
                callback,
                json.text("callback_token"));
    }
}
