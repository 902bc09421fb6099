package io.streamkeeper.client.http;

import static io.streamkeeper.client.http.ReadQuery.encoded;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.streamkeeper.client.subscription.SubscriptionOptions;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Quoted;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.protocol.StreamPath;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The requests about subscriptions (sections 6 and 7). They throw a {@link RefusedException} if an id or a path is not
 * valid. Immutable.
 */
final class SubscriptionRequests {
    private static final JsonFactory JSON = new JsonFactory();
    private static final String SUBSCRIPTIONS = StreamPath.RESERVED_SEGMENT + "/subscriptions";

    private final RemoteSettings settings;

    SubscriptionRequests(RemoteSettings settings) {
        this.settings = settings;
    }

    HttpRequest create(String id, SubscriptionOptions options) {
        return to(id, "")
                .PUT(body(json -> {
                    json.writeStringField("type", options.type().text());
                    optional(json, "pattern", options.pattern());
                    if (!options.streams().isEmpty()) {
                        texts(json, "streams", options.streams());
                    }
                    if (options.webhookUrl() != null) {
                        json.writeObjectFieldStart("webhook");
                        json.writeStringField("url", options.webhookUrl());
                        json.writeEndObject();
                    }
                    optional(json, "wake_stream", options.wakeStream());
                    json.writeNumberField("lease_ttl_ms", options.lease().toMillis());
                    optional(json, "description", options.description());
                }))
                .build();
    }

    private static void optional(JsonGenerator json, String name, @Nullable String value) throws IOException {
        if (value != null) {
            json.writeStringField(name, value);
        }
    }

    private static void texts(JsonGenerator json, String name, List<String> texts) throws IOException {
        json.writeArrayFieldStart(name);
        for (String text : texts) {
            json.writeString(text);
        }
        json.writeEndArray();
    }

    HttpRequest get(String id) {
        return to(id, "").GET().build();
    }

    HttpRequest list(@Nullable String after, int limit) {
        return settings.request(SUBSCRIPTIONS + "?limit=" + limit + (after == null ? "" : "&after=" + encoded(after)))
                .build();
    }

    HttpRequest delete(String id) {
        return to(id, "").DELETE().build();
    }

    HttpRequest addStreams(String id, List<String> paths) {
        return to(id, "/streams")
                .POST(body(json -> texts(json, "streams", paths)))
                .build();
    }

    HttpRequest removeStream(String id, String path) {
        return to(id, "/streams/" + StreamPath.of(path).encoded()).DELETE().build();
    }

    HttpRequest seek(String id, String path, String offset) {
        return to(id, "/seek")
                .POST(body(json -> {
                    json.writeStringField("stream", path);
                    json.writeStringField("offset", offset);
                }))
                .build();
    }

    HttpRequest claim(String id, String worker) {
        return to(id, "/claim")
                .POST(body(json -> json.writeStringField("worker", worker)))
                .build();
    }

    /** An acknowledgement of a worker. */
    HttpRequest ack(String id, WakeName wake, Map<String, String> offsets, boolean isDone) {
        return wake.authorise(to(id, "/ack"))
                .POST(acknowledgement(wake, offsets, isDone))
                .build();
    }

    HttpRequest release(String id, WakeName wake) {
        return wake.authorise(to(id, "/release")).POST(body(wake::writeTo)).build();
    }

    /** The body of an acknowledgement of a worker or of a receiver of webhooks. */
    static BodyPublisher acknowledgement(WakeName wake, Map<String, String> offsets, boolean isDone) {
        return body(json -> {
            wake.writeTo(json);
            json.writeArrayFieldStart("acks");
            for (Map.Entry<String, String> each : offsets.entrySet()) {
                json.writeStartObject();
                json.writeStringField("stream", each.getKey());
                json.writeStringField("offset", each.getValue());
                json.writeEndObject();
            }
            json.writeEndArray();
            if (isDone) {
                json.writeBooleanField("done", true);
            }
        });
    }

    /** What a request about a wake names it with. */
    record WakeName(String id, long generation, String token) {
        /** The token replaces the credentials of other requests. */
        HttpRequest.Builder authorise(HttpRequest.Builder request) {
            return request.setHeader("Authorization", "Bearer " + token);
        }

        private void writeTo(JsonGenerator json) throws IOException {
            json.writeStringField("wake_id", id);
            json.writeNumberField("generation", generation);
        }
    }

    private HttpRequest.Builder to(String id, String part) {
        if (id.indexOf('/') >= 0) {
            throw new RefusedException(
                    ErrorCode.SUBSCRIPTION_INVALID,
                    "the subscription id " + Quoted.of(id) + " has a slash; expected 1 to 256 characters without one");
        }
        return settings.request(StreamPath.of(SUBSCRIPTIONS + "/" + id).encoded() + part)
                .header("Content-Type", "application/json");
    }

    private interface Content {
        void writeTo(JsonGenerator json) throws IOException;
    }

    private static BodyPublisher body(Content content) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        try (JsonGenerator json = JSON.createGenerator(body)) {
            json.writeStartObject();
            content.writeTo(json);
            json.writeEndObject();
        } catch (IOException e) {
            throw new IllegalStateException("a body in memory cannot be written", e);
        }
        return BodyPublishers.ofByteArray(body.toByteArray());
    }
}
