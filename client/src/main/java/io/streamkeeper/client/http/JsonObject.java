package io.streamkeeper.client.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An object of JSON with lists of objects in it. Members that nothing reads are ignored, and one that is null is like one
 * that is absent. A method that reads a member throws an {@link IOException} if it has another type. Immutable.
 */
final class JsonObject {
    private static final int DEPTH_MAX = 16;

    /** It keeps no names, because a server may send any number of different ones. */
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNestingDepth(DEPTH_MAX).build())
            .build();

    private final Map<String, Object> members = new HashMap<>();

    private JsonObject() {}

    /**
     * Reads an object, and nothing after it.
     *
     * @throws IOException if the text is none
     */
    static JsonObject read(byte[] text) throws IOException {
        try (JsonParser json = FACTORY.createParser(text)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new IOException("the text is not a JSON object");
            }
            JsonObject object = object(json);
            if (json.nextToken() != null) {
                throw new IOException("something follows the JSON object");
            }
            return object;
        }
    }

    private static JsonObject object(JsonParser json) throws IOException {
        JsonObject object = new JsonObject();
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = json.currentName();
            json.nextToken();
            Object value = value(json);
            if (value != null) {
                object.members.put(name, value);
            }
        }
        return object;
    }

    private static @Nullable Object value(JsonParser json) throws IOException {
        return switch (json.currentToken()) {
            case START_OBJECT -> object(json);
            case START_ARRAY -> list(json);
            case VALUE_STRING -> json.getText();
            case VALUE_NUMBER_INT -> json.getLongValue();
            case VALUE_NUMBER_FLOAT -> json.getDoubleValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            default -> null;
        };
    }

    private static List<Object> list(JsonParser json) throws IOException {
        List<Object> list = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
            Object element = value(json);
            if (element != null) {
                list.add(element);
            }
        }
        return list;
    }

    /** A text that must be there. */
    String text(String name) throws IOException {
        return required(name, textOrNull(name));
    }

    /** A text; null if it is absent. */
    @Nullable
    String textOrNull(String name) throws IOException {
        return member(name, members.get(name), String.class);
    }

    /** A whole number that must be there. */
    long number(String name) throws IOException {
        return required(name, member(name, members.get(name), Long.class));
    }

    /** A whole number; {@code otherwise} if it is absent. */
    long number(String name, long otherwise) throws IOException {
        Long number = member(name, members.get(name), Long.class);
        return number == null ? otherwise : number;
    }

    /** Whether it is true; null if it is absent. */
    @Nullable
    Boolean truth(String name) throws IOException {
        return member(name, members.get(name), Boolean.class);
    }

    /** An object; null if it is absent. */
    @Nullable
    JsonObject object(String name) throws IOException {
        return member(name, members.get(name), JsonObject.class);
    }

    /** The objects of a list that must be there. */
    List<JsonObject> objects(String name) throws IOException {
        List<JsonObject> objects = new ArrayList<>();
        for (Object element : required(name, member(name, members.get(name), List.class))) {
            objects.add(required(name, member(name, element, JsonObject.class)));
        }
        return objects;
    }

    private static <T> @Nullable T member(String name, @Nullable Object value, Class<T> type) throws IOException {
        if (value != null && !type.isInstance(value)) {
            throw new IOException("member \"" + name + "\" is a "
                    + value.getClass().getSimpleName() + "; expected " + type.getSimpleName());
        }
        return type.cast(value);
    }

    private static <T> T required(String name, @Nullable T value) throws IOException {
        if (value == null) {
            throw new IOException("it has no member \"" + name + "\"");
        }
        return value;
    }
}
