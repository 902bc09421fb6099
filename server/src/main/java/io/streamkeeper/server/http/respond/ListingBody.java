package io.streamkeeper.server.http.respond;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.streamkeeper.protocol.ListedStream;
import io.streamkeeper.protocol.Outcome;
import io.streamkeeper.protocol.StreamInfo;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * The body of a page of a listing. What a stream does not have is omitted.
 *
 * <pre>
 *   {"streams":[{"path":"chat/42","contentType":"application/json","nextOffset":"…","earliestOffset":"…","closed":false,
 *                "bytes":120,"createdAt":"2030-01-31T12:00:00.123Z","lastAppendAt":"2030-02-01T07:00:00Z",
 *                "ttlSeconds":60,"expiresAt":"…",
 *                "retention":{"maxAgeSeconds":3600,"maxBytes":1000000,"maxMessages":500},
 *                "metadataTag":"…"}],
 *    "prefixes":["chat/rooms/"],
 *    "next":"chat/rooms/",
 *    "position":"…"}
 * </pre>
 */
final class ListingBody {
    private static final JsonFactory FACTORY = new JsonFactory();

    private ListingBody() {}

    static byte[] of(Outcome.Listed listed) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = FACTORY.createGenerator(bytes)) {
            json.writeStartObject();
            json.writeArrayFieldStart("streams");
            for (ListedStream stream : listed.streams()) {
                write(json, stream);
            }
            json.writeEndArray();
            json.writeArrayFieldStart("prefixes");
            for (String group : listed.groups()) {
                json.writeString(group);
            }
            json.writeEndArray();
            if (listed.next() != null) {
                json.writeStringField("next", listed.next());
            }
            if (listed.position() != null) {
                json.writeStringField("position", listed.position().toString());
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static void write(JsonGenerator json, ListedStream stream) throws IOException {
        StreamInfo info = stream.info();
        json.writeStartObject();
        json.writeStringField("path", stream.path());
        json.writeStringField("contentType", info.contentType().value());
        json.writeStringField("nextOffset", info.tail().toString());
        json.writeStringField("earliestOffset", info.earliest().toString());
        json.writeBooleanField("closed", info.closed());
        json.writeNumberField("bytes", stream.bytes());
        json.writeStringField("createdAt", moment(stream.createdMillis()));
        Instant lastAppendAt = info.lastAppendAt();
        if (lastAppendAt != null) {
            json.writeStringField("lastAppendAt", lastAppendAt.toString());
        }
        LifetimeJson.write(json, info.expiry(), info.retention());
        json.writeStringField("metadataTag", info.metadataTag());
        json.writeEndObject();
    }

    static String moment(long millis) {
        return Instant.ofEpochMilli(millis).truncatedTo(ChronoUnit.MILLIS).toString();
    }
}
