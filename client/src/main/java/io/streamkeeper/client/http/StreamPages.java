package io.streamkeeper.client.http;

import static io.streamkeeper.client.http.ReadQuery.encoded;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.streamkeeper.client.api.ListOptions;
import io.streamkeeper.client.api.StreamEntry;
import io.streamkeeper.client.api.StreamMetadata;
import io.streamkeeper.client.api.StreamPage;
import io.streamkeeper.protocol.Digits;
import io.streamkeeper.protocol.Expiry;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.protocol.Retention;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Requests and reads a page of a listing: a GET of the root, an extension of the protocol. Unknown fields are skipped. */
final class StreamPages {
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .build();

    private final List<StreamEntry> streams = new ArrayList<>();
    private final List<String> groups = new ArrayList<>();
    private @Nullable String next;
    private @Nullable String position;
    private boolean isListing;

    private StreamPages() {}

    /** The request for a page. */
    static HttpRequest request(RemoteSettings settings, ListOptions options) {
        String after = options.after();
        return settings.request("?prefix=" + encoded(options.prefix())
                        + (after == null ? "" : "&after=" + encoded(after))
                        + "&limit=" + options.limit()
                        + (options.isGrouped() ? "&delimiter=/" : ""))
                .build();
    }

    /**
     * Reads a page.
     *
     * @throws IOException if it is not one; the message says why
     */
    static StreamPage read(byte[] json) throws IOException {
        StreamPages reader = new StreamPages();
        try (JsonParser parser = FACTORY.createParser(json)) {
            reader.readPage(parser);
        } catch (DateTimeException | RefusedException | NumberFormatException e) {
            throw new IOException(e.getMessage(), e);
        }
        if (!reader.isListing) {
            throw new IOException("it has no field \"streams\"");
        }
        return new StreamPage(reader.streams, reader.groups, reader.next, reader.position);
    }

    private void readPage(JsonParser parser) throws IOException {
        expect(parser.nextToken(), JsonToken.START_OBJECT);
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            JsonToken value = parser.nextToken();
            switch (name) {
                case "streams" -> {
                    isListing = true;
                    expect(value, JsonToken.START_ARRAY);
                    while (parser.nextToken() != JsonToken.END_ARRAY) {
                        streams.add(entry(parser));
                    }
                }
                case "prefixes" -> {
                    expect(value, JsonToken.START_ARRAY);
                    while (parser.nextToken() == JsonToken.VALUE_STRING) {
                        groups.add(parser.getText());
                    }
                }
                case "next" -> next = parser.getText();
                case "position" -> position = parser.getText();
                default -> parser.skipChildren();
            }
        }
    }

    private static void expect(JsonToken found, JsonToken expected) throws IOException {
        if (found != expected) {
            throw new IOException("it has " + found + " where " + expected + " was expected");
        }
    }

    private static StreamEntry entry(JsonParser parser) throws IOException {
        expect(parser.currentToken(), JsonToken.START_OBJECT);
        Map<String, String> fields = new HashMap<>();
        JsonFields.readObject(parser, "", fields);
        String lastAppendAt = fields.get("lastAppendAt");
        StreamMetadata metadata = new StreamMetadata(
                required(fields, "contentType"),
                required(fields, "nextOffset"),
                required(fields, "earliestOffset"),
                Boolean.parseBoolean(required(fields, "closed")),
                Expiry.parse(fields.get("ttlSeconds"), fields.get("expiresAt")),
                Retention.parse(
                        fields.get("retention.maxAgeSeconds"),
                        fields.get("retention.maxBytes"),
                        fields.get("retention.maxMessages")),
                fields.get("metadataTag"),
                lastAppendAt == null ? null : Instant.parse(lastAppendAt));
        return new StreamEntry(
                required(fields, "path"),
                metadata,
                Digits.toLong(required(fields, "bytes")),
                Instant.parse(required(fields, "createdAt")));
    }

    private static String required(Map<String, String> fields, String name) throws IOException {
        String value = fields.get(name);
        if (value == null) {
            throw new IOException("a stream has no field \"" + name + "\"");
        }
        return value;
    }
}
