package io.streamkeeper.client.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.streamkeeper.client.api.StreamChanges.Change;
import io.streamkeeper.client.api.StreamChanges.Kind;
import io.streamkeeper.client.api.StreamException;
import io.streamkeeper.client.http.EventParser.Event;
import io.streamkeeper.protocol.ErrorCode;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An event about the creations, closures and deletions of streams. Fields and kinds of changes that are not known are
 * skipped.
 *
 * @param changes what has happened; none for a control event
 * @param position the position after the event; null if the response ends with it
 * @param failure why nothing follows; null if more does
 */
record ChangesEvent(
        List<Change> changes,
        @Nullable String position,
        @Nullable StreamException failure) {
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .build();

    /**
     * Reads an event; null for one of another kind, which a later version may have.
     *
     * @throws StreamException.Invalid if it violates the protocol
     */
    static @Nullable ChangesEvent of(Event event) {
        try {
            return switch (event.name()) {
                case "data" -> new ChangesEvent(changes(event.data()), present(event.id(), "id"), null);
                case "control" -> control(JsonFields.read(event.data()));
                default -> null;
            };
        } catch (IOException | DateTimeException e) {
            throw new StreamException.Invalid(
                    BatchAssembler.INVALID_ANSWER,
                    200,
                    "the server sent an event that is not about changes of streams: " + e.getMessage());
        }
    }

    private static ChangesEvent control(Map<String, String> fields) throws IOException {
        if (fields.containsKey("listAgain")) {
            return new ChangesEvent(
                    List.of(),
                    null,
                    new StreamException.OffsetGone(
                            "some changes after the position are not known any more; list the streams again", null));
        }
        if (fields.containsKey("authorizationEnded")) {
            ErrorCode code = ErrorCode.UNAUTHENTICATED;
            return new ChangesEvent(
                    List.of(),
                    null,
                    StreamException.ofAnswer(
                            code.status(), code.code(), "the right to list the streams has ended", null, null));
        }
        return new ChangesEvent(List.of(), required(fields, "position"), null);
    }

    private static List<Change> changes(byte[] json) throws IOException {
        List<Change> changes = new ArrayList<>();
        try (JsonParser parser = FACTORY.createParser(json)) {
            if (parser.nextToken() != JsonToken.START_ARRAY) {
                throw new IOException("it is not an array");
            }
            while (parser.nextToken() == JsonToken.START_OBJECT) {
                Map<String, String> fields = new HashMap<>();
                JsonFields.readObject(parser, "", fields);
                Kind kind = kind(required(fields, "change"));
                if (kind != null) {
                    changes.add(change(kind, fields));
                }
            }
        }
        return changes;
    }

    private static @Nullable Kind kind(String text) {
        return switch (text) {
            case "created" -> Kind.CREATED;
            case "closed" -> Kind.CLOSED;
            case "deleted" -> Kind.DELETED;
            default -> null;
        };
    }

    private static Change change(Kind kind, Map<String, String> fields) throws IOException {
        return new Change(
                kind,
                required(fields, "path"),
                required(fields, "contentType"),
                required(fields, "nextOffset"),
                Boolean.parseBoolean(required(fields, "closed")),
                Instant.parse(required(fields, "createdAt")));
    }

    private static String required(Map<String, String> fields, String name) throws IOException {
        return present(fields.get(name), name);
    }

    private static String present(@Nullable String value, String name) throws IOException {
        if (value == null) {
            throw new IOException("it has no field \"" + name + "\"");
        }
        return value;
    }
}
