package io.streamkeeper.server.subscription;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.function.Consumer;

/** Events as the messages of a JSON stream. */
final class EventMessages {
    /** Without limits of its own: only the server writes the log. */
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxDocumentLength(-1)
                    .build())
            .build();

    private EventMessages() {}

    /** The body of an append: an array of messages. */
    static byte[] write(List<SubscriptionEvent> events) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
        try (JsonGenerator json = FACTORY.createGenerator(bytes)) {
            json.writeStartArray();
            for (SubscriptionEvent event : events) {
                EventJson.write(json, event);
            }
            json.writeEndArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /**
     * Passes the events of stored messages to {@code reader}.
     *
     * @param stored messages, each followed by a comma
     * @throws JsonTree.UnexpectedException if one is not an event that this version writes
     */
    static void read(byte[] stored, Consumer<SubscriptionEvent> reader) {
        if (stored.length == 0) {
            return;
        }
        byte[] array = new byte[stored.length + 1];
        array[0] = '[';
        System.arraycopy(stored, 0, array, 1, stored.length);
        array[stored.length] = ']';
        try (JsonParser json = FACTORY.createParser(array)) {
            json.nextToken();
            while (json.nextToken() != JsonToken.END_ARRAY) {
                reader.accept(EventJson.read(JsonTree.read(json)));
            }
        } catch (IOException e) {
            throw new JsonTree.UnexpectedException("the log is not JSON: " + e.getMessage());
        }
    }
}
