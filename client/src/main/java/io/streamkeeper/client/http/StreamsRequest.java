package io.streamkeeper.client.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.streamkeeper.client.api.StreamException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** The requests of a {@link SharedConnection}, and their failures. Immutable. */
final class StreamsRequest {
    /** The status of a change of a session that does not exist any more. */
    static final int NO_SESSION = 404;

    private static final JsonFactory JSON = new JsonFactory();

    private final RemoteSettings settings;

    StreamsRequest(RemoteSettings settings) {
        this.settings = settings;
    }

    /** Follows streams, each from its position. */
    HttpRequest begin(Collection<SharedFeed> first) {
        return post("?live=sse&encoding=base64", json -> writeReads(json, first))
                .header("Accept", "text/event-stream")
                .build();
    }

    /** Changes which streams a session follows. */
    HttpRequest change(String session, Collection<SharedFeed> added, Collection<String> removed) {
        return post("?session=" + URLEncoder.encode(session, StandardCharsets.UTF_8), json -> {
                    json.writeStartObject();
                    json.writeFieldName("add");
                    writeReads(json, added);
                    json.writeFieldName("remove");
                    json.writeStartArray();
                    for (String path : removed) {
                        json.writeString(path);
                    }
                    json.writeEndArray();
                    json.writeEndObject();
                })
                .build();
    }

    private static void writeReads(JsonGenerator json, Collection<SharedFeed> feeds) throws IOException {
        json.writeStartArray();
        for (SharedFeed feed : feeds) {
            json.writeString(feed.path() + "@" + feed.position().offset());
        }
        json.writeEndArray();
    }

    private interface Content {
        void writeTo(JsonGenerator json) throws IOException;
    }

    private HttpRequest.Builder post(String query, Content content) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        try (JsonGenerator json = JSON.createGenerator(body)) {
            content.writeTo(json);
        } catch (IOException e) {
            throw new IllegalStateException("a body in memory cannot be written", e);
        }
        return settings.request(query)
                .POST(BodyPublishers.ofByteArray(body.toByteArray()))
                .header("Content-Type", "application/json");
    }

    static String text(HttpRequest request) {
        return request.method() + " " + request.uri();
    }

    // ---- failures ----

    StreamException silent() {
        return unreachable("nothing was received from " + settings.root() + " for " + settings.silenceMax(), null);
    }

    /** The failure of a stream that was followed over the connection until its events did not arrive any more. */
    StreamException noEvents(String reason) {
        return unreachable("the events of many streams do not arrive from " + settings.root() + ": " + reason, null);
    }

    private static StreamException unreachable(String message, @Nullable Throwable cause) {
        return new StreamException.Unavailable(HttpFeed.UNREACHABLE, 0, message, cause);
    }

    /** The failure of the streams of a request that has failed. */
    RuntimeException explained(@Nullable Throwable thrown) {
        Throwable failure =
                thrown instanceof CompletionException && thrown.getCause() != null ? thrown.getCause() : thrown;
        if (failure instanceof IOException) {
            return unreachable(settings.root() + " cannot be reached: " + failure, failure);
        }
        return failure instanceof RuntimeException other ? other : new IllegalStateException(failure);
    }
}
