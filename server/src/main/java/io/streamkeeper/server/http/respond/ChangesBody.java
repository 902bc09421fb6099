package io.streamkeeper.server.http.respond;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.streamkeeper.protocol.ListingPosition;
import io.streamkeeper.protocol.StreamChange;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;

/**
 * The data of events about creations, closures and deletions of streams, each in one line.
 *
 * <pre>
 *   data     [{"change":"created","path":"chat/42","contentType":"application/json","nextOffset":"…","closed":false,
 *              "createdAt":"2030-01-31T12:00:00.123Z"}, …]
 *   control  {"position":"…","upToDate":true}
 *            {"error":"offset_gone","listAgain":true}
 * </pre>
 */
public final class ChangesBody {
    private static final JsonFactory FACTORY = new JsonFactory();

    private ChangesBody() {}

    /** Writes to a generator. */
    private interface Content {
        void write(JsonGenerator json) throws IOException;
    }

    /** The data of an event with changes. */
    public static String data(List<StreamChange> changes) {
        return text(json -> {
            json.writeStartArray();
            for (StreamChange change : changes) {
                write(json, change);
            }
            json.writeEndArray();
        });
    }

    private static void write(JsonGenerator json, StreamChange change) throws IOException {
        json.writeStartObject();
        json.writeStringField("change", change.kind().name().toLowerCase(Locale.ROOT));
        json.writeStringField("path", change.path());
        json.writeStringField("contentType", change.contentType().value());
        json.writeStringField("nextOffset", change.nextOffset().toString());
        json.writeBooleanField("closed", change.closed());
        json.writeStringField("createdAt", ListingBody.moment(change.createdMillis()));
        json.writeEndObject();
    }

    /** The data of the event that says that the client has everything. */
    public static String upToDate(ListingPosition position) {
        return text(json -> {
            json.writeStartObject();
            json.writeStringField("position", position.toString());
            json.writeBooleanField("upToDate", true);
            json.writeEndObject();
        });
    }

    /** The data of the last event of a client that has to list again. */
    public static String listAgain() {
        return "{\"error\":\"offset_gone\",\"listAgain\":true}";
    }

    /** The data of the last event of a client that may not list any more. */
    public static String authorizationEnded() {
        return "{\"authorizationEnded\":true}";
    }

    private static String text(Content content) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = FACTORY.createGenerator(text)) {
            content.write(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }
}
