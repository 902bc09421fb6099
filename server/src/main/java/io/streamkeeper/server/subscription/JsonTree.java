package io.streamkeeper.server.subscription;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.streamkeeper.protocol.Quoted;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An object of a stored JSON message; unknown members are ignored. Immutable. */
final class JsonTree {
    private final Map<String, Object> members;

    private JsonTree(Map<String, Object> members) {
        this.members = members;
    }

    /** The message does not have the member that is expected, or one of another type. */
    static final class UnexpectedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        UnexpectedException(String message) {
            super(message);
        }
    }

    /** Reads the object that begins at the current token. */
    static JsonTree read(JsonParser json) throws IOException {
        if (json.currentToken() != JsonToken.START_OBJECT) {
            throw new UnexpectedException("the message begins with " + json.currentToken() + "; expected an object");
        }
        return new JsonTree(object(json));
    }

    private static Map<String, Object> object(JsonParser json) throws IOException {
        Map<String, Object> object = new LinkedHashMap<>();
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String name = json.currentName();
            json.nextToken();
            Object value = value(json);
            if (value != null) {
                object.put(name, value);
            }
        }
        return object;
    }

    private static @Nullable Object value(JsonParser json) throws IOException {
        return switch (json.currentToken()) {
            case START_OBJECT -> new JsonTree(object(json));
            case START_ARRAY -> {
                List<Object> array = new ArrayList<>();
                while (json.nextToken() != JsonToken.END_ARRAY) {
                    Object element = value(json);
                    if (element != null) {
                        array.add(element);
                    }
                }
                yield array;
            }
            case VALUE_STRING -> json.getText();
            case VALUE_NUMBER_INT -> json.getLongValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            default -> null;
        };
    }

    private <T> T member(String name, Class<T> type) {
        Object value = members.get(name);
        if (!type.isInstance(value)) {
            throw new UnexpectedException("member " + Quoted.of(name) + " is "
                    + (value == null ? "missing" : value.getClass().getSimpleName()) + "; expected "
                    + type.getSimpleName());
        }
        return type.cast(value);
    }

    boolean has(String name) {
        return members.containsKey(name);
    }

    String text(String name) {
        return member(name, String.class);
    }

    @Nullable
    String textOrNull(String name) {
        return has(name) ? text(name) : null;
    }

    long number(String name) {
        return member(name, Long.class);
    }

    long numberOrZero(String name) {
        return has(name) ? number(name) : 0;
    }

    /** Whether a member is true; a missing one is false. */
    boolean flag(String name) {
        return has(name) && member(name, Boolean.class);
    }

    JsonTree object(String name) {
        return member(name, JsonTree.class);
    }

    private List<?> array(String name) {
        return has(name) ? member(name, List.class) : List.of();
    }

    /** The texts of an array; none if it is missing. */
    List<String> texts(String name) {
        return elements(name, String.class);
    }

    /** The objects of an array; none if it is missing. */
    List<JsonTree> objects(String name) {
        return elements(name, JsonTree.class);
    }

    private <T> List<T> elements(String name, Class<T> type) {
        List<T> elements = new ArrayList<>();
        for (Object element : array(name)) {
            if (!type.isInstance(element)) {
                throw new UnexpectedException("an element of " + Quoted.of(name) + " is a "
                        + element.getClass().getSimpleName() + "; expected " + type.getSimpleName());
            }
            elements.add(type.cast(element));
        }
        return elements;
    }
}
