package io.streamkeeper.server.http.subscription;

import com.fasterxml.jackson.core.JsonGenerator;
import io.streamkeeper.server.subscription.StreamLink;
import io.streamkeeper.server.subscription.SubscriptionJson;
import io.streamkeeper.server.subscription.SubscriptionPaths;
import io.streamkeeper.server.subscription.SubscriptionSpec;
import io.streamkeeper.server.subscription.SubscriptionView;
import io.streamkeeper.server.subscription.WebhookKeys;
import java.io.IOException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Writes the members of a subscription other than its links (section 6.3). Safe for use by any thread. */
final class ViewJson {
    private final WebhookKeys keys;
    private final Supplier<String> base;

    /**
     * Writes members.
     *
     * @param base the URL that streams are below, with a slash at its end
     */
    ViewJson(WebhookKeys keys, Supplier<String> base) {
        this.keys = keys;
        this.base = base;
    }

    void write(JsonGenerator json, SubscriptionView view) throws IOException {
        SubscriptionSpec spec = view.spec();
        json.writeStringField("id", view.id());
        json.writeStringField("subscription_id", view.id());
        json.writeStringField("type", spec.kind().text());
        json.writeStringField(
                "pattern", spec.pattern() == null ? null : spec.pattern().toString());
        writeWebhook(json, spec.webhookUrl());
        json.writeStringField(
                "wake_stream",
                spec.wakeStream() == null ? null : spec.wakeStream().value());
        json.writeNumberField("lease_ttl_ms", spec.leaseMillis());
        json.writeStringField("description", spec.description());
        json.writeStringField("created_at", SubscriptionJson.moment(view.createdMillis()));
        writeState(json, view);
    }

    private void writeWebhook(JsonGenerator json, @Nullable String url) throws IOException {
        if (url == null) {
            json.writeNullField("webhook");
            return;
        }
        json.writeObjectFieldStart("webhook");
        json.writeStringField("url", url);
        json.writeObjectFieldStart("signing");
        json.writeStringField("alg", "ed25519");
        json.writeStringField("kid", keys.activeKid());
        json.writeStringField("jwks_url", base.get() + SubscriptionPaths.KEYS);
        json.writeEndObject();
        json.writeEndObject();
    }

    private static void writeState(JsonGenerator json, SubscriptionView view) throws IOException {
        json.writeStringField("status", view.isFailing() ? "failed" : "active");
        json.writeStringField("state", view.state().text());
        json.writeStringField("last_error", view.lastError());
        json.writeNumberField("attempts", view.attempts());
        json.writeStringField("next_attempt_at", moment(view.nextAttemptMillis()));
        json.writeNumberField("generation", view.generation());
        json.writeStringField("holder", view.holder());
        json.writeStringField("lease_until", moment(view.leaseUntilMillis()));
        json.writeNumberField("stream_count", view.linkCount());
        json.writeBooleanField("lacks_room", view.lacksRoom());
        json.writeNumberField("pending_streams", view.lag().links());
        json.writeNumberField("pending_bytes", view.lag().bytes());
        json.writeNumberField("pending_ms", view.lag().oldestMillis());
    }

    /** Writes the links, and where further ones begin. */
    static void writeLinks(JsonGenerator json, SubscriptionView view) throws IOException {
        json.writeArrayFieldStart("streams");
        for (StreamLink link : view.links()) {
            write(json, link);
        }
        writeEnd(json, view);
    }

    /** Writes one link. */
    static void write(JsonGenerator json, StreamLink link) throws IOException {
        json.writeStartObject();
        SubscriptionJson.writeMembers(json, link);
        json.writeNumberField("pending_bytes", link.pendingBytes());
        json.writeEndObject();
    }

    /** Ends the links. */
    static void writeEnd(JsonGenerator json, SubscriptionView view) throws IOException {
        json.writeEndArray();
        if (view.nextLinks() != null) {
            json.writeStringField("next", view.nextLinks());
        }
    }

    private static @Nullable String moment(long millis) {
        return millis == 0 ? null : SubscriptionJson.moment(millis);
    }
}
