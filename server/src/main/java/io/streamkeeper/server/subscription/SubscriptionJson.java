package io.streamkeeper.server.subscription;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/** The JSON of links and wakes (sections 6.3, 7.1 and 7.2). */
public final class SubscriptionJson {
    private static final JsonFactory FACTORY = new JsonFactory();

    private SubscriptionJson() {}

    /** Writes JSON. */
    public interface Content {
        /** Writes it to {@code json}. */
        void writeTo(JsonGenerator json) throws IOException;
    }

    /** Begins to write to {@code out}, as UTF-8. */
    public static JsonGenerator begin(OutputStream out) {
        try {
            return FACTORY.createGenerator(out);
        } catch (IOException e) {
            throw new UncheckedIOException("a text in memory cannot be written", e);
        }
    }

    /** An object with the members that {@code content} writes, as UTF-8. */
    public static byte[] object(Content content) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = begin(bytes)) {
            json.writeStartObject();
            content.writeTo(json);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("a text in memory cannot be written", e);
        }
        return bytes.toByteArray();
    }

    /** The body of a webhook (section 7.1). */
    public static byte[] webhook(Wake wake, String callbackUrl) {
        return object(json -> {
            json.writeStringField("subscription_id", wake.subscription());
            json.writeStringField("wake_id", wake.id());
            json.writeNumberField("generation", wake.generation());
            writeLinks(json, wake.links());
            json.writeStringField("callback_url", callbackUrl);
            json.writeStringField("callback_token", wake.token());
        });
    }

    /** The answer to a claim (section 7.2). */
    public static byte[] claimed(Wake wake) {
        return object(json -> {
            json.writeStringField("wake_id", wake.id());
            json.writeNumberField("generation", wake.generation());
            json.writeStringField("token", wake.token());
            writeLinks(json, wake.links());
            json.writeNumberField("lease_ttl_ms", wake.leaseMillis());
        });
    }

    private static void writeLinks(JsonGenerator json, List<StreamLink> links) throws IOException {
        json.writeArrayFieldStart("streams");
        for (StreamLink link : links) {
            write(json, link);
        }
        json.writeEndArray();
    }

    private static void write(JsonGenerator json, StreamLink link) throws IOException {
        json.writeStartObject();
        writeMembers(json, link);
        json.writeEndObject();
    }

    /** Writes the members of a link. */
    public static void writeMembers(JsonGenerator json, StreamLink link) throws IOException {
        json.writeStringField("path", link.path());
        json.writeStringField("link_type", link.isExplicit() ? "explicit" : "glob");
        json.writeStringField("acked_offset", link.acked().toString());
        json.writeStringField("tail_offset", link.tail().toString());
        json.writeBooleanField("has_pending", link.hasPending());
    }

    /**
     * The text of a time (RFC 3339).
     *
     * @param millis milliseconds since 1970 UTC
     */
    public static String moment(long millis) {
        return Instant.ofEpochMilli(millis).truncatedTo(ChronoUnit.MILLIS).toString();
    }
}
