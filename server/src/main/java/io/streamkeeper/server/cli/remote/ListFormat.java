package io.streamkeeper.server.cli.remote;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.streamkeeper.client.api.StreamEntry;
import io.streamkeeper.client.api.StreamMetadata;
import io.streamkeeper.server.http.respond.LifetimeJson;
import java.io.IOException;
import java.io.StringWriter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/** How a listing prints an item: one line for each. */
enum ListFormat {
    /** The path alone. */
    PATHS {
        @Override
        String stream(StreamEntry stream) {
            return stream.path();
        }

        @Override
        String group(String beginning) {
            return beginning;
        }
    },
    /** Columns: bytes, time of creation, state, content type, path. */
    LONG {
        private static final String COLUMNS = "%12s  %-20s  %-6s  %-24s  %s";

        @Override
        String stream(StreamEntry stream) {
            return String.format(
                    Locale.ROOT,
                    COLUMNS,
                    stream.bytes(),
                    stream.createdAt().truncatedTo(ChronoUnit.SECONDS),
                    stream.metadata().closed() ? "closed" : "open",
                    stream.metadata().contentType(),
                    stream.path());
        }

        @Override
        String group(String beginning) {
            return String.format(Locale.ROOT, COLUMNS, "", "", "", "", beginning);
        }
    },
    /** A JSON object, with the fields of the server's listing. */
    JSON {
        @Override
        String stream(StreamEntry stream) throws IOException {
            StringWriter text = new StringWriter();
            try (JsonGenerator json = FACTORY.createGenerator(text)) {
                write(json, stream);
            }
            return text.toString();
        }

        @Override
        String group(String beginning) throws IOException {
            StringWriter text = new StringWriter();
            try (JsonGenerator json = FACTORY.createGenerator(text)) {
                json.writeStartObject();
                json.writeStringField("prefix", beginning);
                json.writeEndObject();
            }
            return text.toString();
        }
    };

    private static final JsonFactory FACTORY = new JsonFactory();

    /** The line of a stream. */
    abstract String stream(StreamEntry stream) throws IOException;

    /** The line of a group of streams whose paths have the same beginning. */
    abstract String group(String beginning) throws IOException;

    private static void write(JsonGenerator json, StreamEntry stream) throws IOException {
        StreamMetadata metadata = stream.metadata();
        json.writeStartObject();
        json.writeStringField("path", stream.path());
        json.writeStringField("contentType", metadata.contentType());
        json.writeStringField("nextOffset", metadata.nextOffset());
        json.writeStringField("earliestOffset", metadata.earliestOffset());
        json.writeBooleanField("closed", metadata.closed());
        json.writeNumberField("bytes", stream.bytes());
        json.writeStringField("createdAt", stream.createdAt().toString());
        if (metadata.lastAppendAt() != null) {
            json.writeStringField("lastAppendAt", metadata.lastAppendAt().toString());
        }
        LifetimeJson.write(json, metadata.expiry(), metadata.retention());
        if (metadata.tag() != null) {
            json.writeStringField("metadataTag", metadata.tag());
        }
        json.writeEndObject();
    }
}
