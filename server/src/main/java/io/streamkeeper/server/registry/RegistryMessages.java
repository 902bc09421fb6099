package io.streamkeeper.server.registry;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.streamkeeper.protocol.Digits;
import io.streamkeeper.server.json.UnlimitedJson;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Messages of the registry, which are changes of the state protocol. To be used by one thread.
 *
 * <pre>
 *   {"type":"stream","key":"chat/42","value":{"path":"chat/42","contentType":"text/plain","createdAt":1764099000000},
 *    "headers":{"operation":"insert"}}
 *   {"type":"stream","key":"chat/42","value":…,"headers":{"operation":"update"}}
 *   {"type":"stream","key":"chat/42","headers":{"operation":"delete"}}
 * </pre>
 */
final class RegistryMessages {
    private static final String TYPE = "stream";
    private static final Pattern MILLIS = Pattern.compile("[0-9]{1,18}");

    /** Receives what messages say. */
    interface Reader {
        /** A stream exists. */
        void inserted(String path, String contentType, long createdMillis);

        /** A stream does not exist. */
        void deleted(String path);
    }

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private int count;

    /** Adds the message that a stream exists. */
    void insert(String path, String contentType, long createdMillis) {
        describe(path, "insert", contentType, createdMillis);
    }

    /** Adds the message that a stream, which is in an earlier message, has another content type. */
    void update(String path, String contentType, long createdMillis) {
        describe(path, "update", contentType, createdMillis);
    }

    private void describe(String path, String operation, String contentType, long createdMillis) {
        add(path, operation, json -> {
            json.writeObjectFieldStart("value");
            json.writeStringField("path", path);
            json.writeStringField("contentType", contentType);
            json.writeNumberField("createdAt", createdMillis);
            json.writeEndObject();
        });
    }

    /** Adds the message that a stream does not exist any more. */
    void delete(String path) {
        add(path, "delete", json -> {});
    }

    private interface Value {
        void write(JsonGenerator json) throws IOException;
    }

    private void add(String path, String operation, Value value) {
        bytes.write(count == 0 ? '[' : ',');
        count++;
        try (JsonGenerator json = UnlimitedJson.FACTORY.createGenerator(bytes)) {
            json.writeStartObject();
            json.writeStringField("type", TYPE);
            json.writeStringField("key", path);
            value.write(json);
            json.writeObjectFieldStart("headers");
            json.writeStringField("operation", operation);
            json.writeEndObject();
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The number of messages. */
    int count() {
        return count;
    }

    /** The length of all messages, about. */
    int length() {
        return bytes.size();
    }

    /** All messages as a JSON array; empties this. */
    byte[] take() {
        bytes.write(']');
        byte[] array = bytes.toByteArray();
        bytes.reset();
        count = 0;
        return array;
    }

    /**
     * Passes what stored messages say to {@code reader}; others are ignored.
     *
     * @param stored messages, each followed by a comma
     * @return their number
     */
    static int read(byte[] stored, Reader reader) {
        if (stored.length == 0) {
            return 0;
        }
        String array = "[" + new String(stored, 0, stored.length - 1, StandardCharsets.UTF_8) + "]";
        int messages = 0;
        try (JsonParser json = UnlimitedJson.FACTORY.createParser(array)) {
            json.nextToken();
            while (json.nextToken() != JsonToken.END_ARRAY) {
                messages++;
                if (json.currentToken() == JsonToken.START_OBJECT) {
                    Map<String, String> fields = new HashMap<>();
                    readFields(json, "", fields);
                    read(fields, reader);
                } else {
                    json.skipChildren();
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return messages;
    }

    /** Reads the fields of an object, and of the objects in it, whose names then follow its name and a dot. */
    private static void readFields(JsonParser json, String prefix, Map<String, String> fields) throws IOException {
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = prefix + json.currentName();
            JsonToken value = json.nextToken();
            if (value == JsonToken.START_OBJECT && prefix.isEmpty()) {
                readFields(json, name + ".", fields);
            } else if (value.isScalarValue()) {
                fields.put(name, json.getText());
            } else {
                json.skipChildren();
            }
        }
    }

    private static void read(Map<String, String> fields, Reader reader) {
        String key = fields.get("key");
        if (key == null || !TYPE.equals(fields.get("type"))) {
            return;
        }
        switch (fields.getOrDefault("headers.operation", "")) {
            case "insert", "update", "upsert" ->
                reader.inserted(
                        key, fields.getOrDefault("value.contentType", ""), millis(fields.get("value.createdAt")));
            case "delete" -> reader.deleted(key);
            default -> {
                // It says nothing about a stream.
            }
        }
    }

    private static long millis(@Nullable String text) {
        return text != null && MILLIS.matcher(text).matches() ? Digits.toLong(text) : 0;
    }
}
