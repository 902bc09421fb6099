package io.streamkeeper.server.http.subscription;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Quoted;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.protocol.UnicodeText;
import io.streamkeeper.protocol.Utf8;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The object in the body of a request, and the objects in it. A method that reads a member checks its type, and refuses
 * another one with a message that names the member. A member that is null is like one that is absent; members that
 * nothing reads are ignored, because later versions of the protocol may have more.
 */
final class JsonObject {
    /** The deepest object: a list of objects in an object has the depth 3. */
    private static final int DEPTH_MAX = 8;

    /** A path of {@code StreamPath.BYTES_MAX} bytes has fewer characters; so has a URL. */
    private static final int TEXT_CHARS_MAX = 8 << 10;

    private static final int NAME_CHARS_MAX = 256;
    private static final int NUMBER_CHARS_MAX = 32;

    /** It keeps no names, because a client may send any number of different ones. */
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(DEPTH_MAX)
                    .maxStringLength(TEXT_CHARS_MAX)
                    .maxNameLength(NAME_CHARS_MAX)
                    .maxNumberLength(NUMBER_CHARS_MAX)
                    .build())
            .build();

    /** The number of something that is no whole number of 63 bits. */
    private enum Other {
        NUMBER
    }

    /**
     * Where a value is, as a refusal names it. It becomes a text only then: a short body may have very many values with
     * long places.
     *
     * @param in the place of the object or list that the value is in; null for the body itself
     * @param name of the member; empty in a list
     * @param index in a list; -1 in an object
     */
    private record Place(@Nullable Place in, String name, int index) {
        static Place member(@Nullable Place object, String name) {
            return new Place(object, name, -1);
        }

        static Place element(Place list, int index) {
            return new Place(list, "", index);
        }

        String quoted() {
            return Quoted.of(toString());
        }

        @Override
        public String toString() {
            if (index >= 0) {
                return in + "[" + index + "]";
            }
            return in == null ? name : in + "." + name;
        }
    }

    /** Null for the body itself. */
    private final @Nullable Place place;

    private final Map<String, Object> members = new HashMap<>();

    private JsonObject(@Nullable Place place) {
        this.place = place;
    }

    /**
     * Reads a body.
     *
     * @throws RefusedException with {@link ErrorCode#SUBSCRIPTION_INVALID} if it is not one object in UTF-8
     */
    static JsonObject parse(byte[] body) {
        String text = Utf8.decode(body, body.length);
        if (text == null) {
            throw invalid("the body is not UTF-8; expected an object of JSON");
        }
        try (JsonParser json = FACTORY.createParser(text)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw notAnObject(json);
            }
            JsonObject object = object(json, null);
            if (json.nextToken() != null) {
                throw notAnObject(json);
            }
            return object;
        } catch (JsonProcessingException e) {
            throw notAnObject(e.getLocation() == null ? 0 : e.getLocation().getCharOffset());
        } catch (IOException e) {
            throw new IllegalStateException("a body in memory cannot be read", e);
        }
    }

    /**
     * An object that a program states.
     *
     * @param members texts, whole numbers, truth values, objects, and lists of them; null is absent
     */
    static JsonObject of(Map<String, ?> members) {
        return of(members, null);
    }

    private static JsonObject of(Map<String, ?> members, @Nullable Place place) {
        JsonObject object = new JsonObject(place);
        members.forEach((name, value) -> {
            if (value != null) {
                object.members.put(name, ofProgram(value, Place.member(place, name)));
            }
        });
        return object;
    }

    @SuppressWarnings("unchecked")
    private static Object ofProgram(Object value, Place place) {
        if (value instanceof Map<?, ?> members) {
            return of((Map<String, ?>) members, place);
        }
        if (value instanceof List<?> list) {
            List<Object> converted = new ArrayList<>();
            for (Object element : list) {
                converted.add(ofProgram(element, Place.element(place, converted.size())));
            }
            return converted;
        }
        if (value instanceof String text && !UnicodeText.isWhole(text)) {
            throw notWhole(place);
        }
        return value;
    }

    private static RefusedException notAnObject(JsonParser json) {
        return notAnObject(json.currentTokenLocation().getCharOffset());
    }

    private static RefusedException notAnObject(long character) {
        return invalid("the body is not valid at character " + Math.max(0, character)
                + "; expected one object of JSON, at most " + DEPTH_MAX + " levels deep, with texts of at most "
                + TEXT_CHARS_MAX + " characters");
    }

    private static JsonObject object(JsonParser json, @Nullable Place place) throws IOException {
        JsonObject object = new JsonObject(place);
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = json.currentName();
            Place at = Place.member(place, name);
            if (object.members.put(name, value(json, json.nextToken(), at)) != null) {
                throw invalid("member " + at.quoted() + " came again; expected it once");
            }
        }
        return object;
    }

    private static Object value(JsonParser json, JsonToken token, Place place) throws IOException {
        return switch (token) {
            case START_OBJECT -> object(json, place);
            case START_ARRAY -> list(json, place);
            case VALUE_STRING -> text(json, place);
            case VALUE_NUMBER_INT -> isLong(json) ? (Object) json.getLongValue() : Other.NUMBER;
            case VALUE_NUMBER_FLOAT -> Other.NUMBER;
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> JsonToken.VALUE_NULL;
            default -> throw new IllegalStateException("a value that begins with " + token);
        };
    }

    private static boolean isLong(JsonParser json) throws IOException {
        JsonParser.NumberType type = json.getNumberType();
        return type == JsonParser.NumberType.INT || type == JsonParser.NumberType.LONG;
    }

    private static String text(JsonParser json, Place place) throws IOException {
        String text = json.getText();
        if (!UnicodeText.isWhole(text)) {
            throw notWhole(place);
        }
        return text;
    }

    private static RefusedException notWhole(Place place) {
        return invalid("member " + place.quoted() + " has a surrogate without its other half; expected Unicode text");
    }

    private static List<Object> list(JsonParser json, Place place) throws IOException {
        List<Object> list = new ArrayList<>();
        JsonToken token = json.nextToken();
        while (token != JsonToken.END_ARRAY) {
            list.add(value(json, token, Place.element(place, list.size())));
            token = json.nextToken();
        }
        return list;
    }

    /** A refusal of the body. */
    static RefusedException invalid(String message) {
        return new RefusedException(ErrorCode.SUBSCRIPTION_INVALID, message);
    }

    /** The refusal of the value of a member, with what was expected. */
    RefusedException invalid(String name, String problem) {
        return invalid("member " + Place.member(place, name).quoted() + " " + problem);
    }

    // ---- members ----

    /** A text; null if it is absent. */
    @Nullable
    String text(String name) {
        return member(name, String.class, "a text");
    }

    /** A text that must be there, and not be empty. */
    String requiredText(String name, int charsMax) {
        String text = required(name, text(name), "a text");
        if (text.isEmpty() || text.length() > charsMax) {
            throw invalid(name, "has " + text.length() + " characters; expected 1 to " + charsMax);
        }
        return text;
    }

    /** A whole number; {@code otherwise} if it is absent. */
    long number(String name, long otherwise) {
        Long number = member(name, Long.class, "a whole number");
        return number == null ? otherwise : number;
    }

    /** A whole number that must be there. */
    long requiredNumber(String name) {
        return required(name, member(name, Long.class, "a whole number"), "a whole number");
    }

    /** Whether it is true; false if it is absent. */
    boolean isTrue(String name) {
        Boolean value = member(name, Boolean.class, "true or false");
        return value != null && value;
    }

    /** An object; null if it is absent. */
    @Nullable
    JsonObject object(String name) {
        return member(name, JsonObject.class, "an object");
    }

    /** The texts of a list; none if it is absent. */
    List<String> texts(String name) {
        return list(name, String.class, "a list of texts");
    }

    /** The objects of a list; none if it is absent. */
    List<JsonObject> objects(String name) {
        return list(name, JsonObject.class, "a list of objects");
    }

    /** Whether it has a member, which may be null. */
    boolean has(String name) {
        return members.containsKey(name);
    }

    private <T> List<T> list(String name, Class<T> type, String expected) {
        List<T> typed = new ArrayList<>();
        Object value = members.get(name);
        if (value == null || value == JsonToken.VALUE_NULL) {
            return typed;
        }
        if (!(value instanceof List<?> list)) {
            throw invalid(name, "is " + kind(value) + "; expected " + expected);
        }
        for (Object element : list) {
            if (!type.isInstance(element)) {
                throw invalid(name + "[" + typed.size() + "]", "is " + kind(element) + "; expected " + expected);
            }
            typed.add(type.cast(element));
        }
        return typed;
    }

    private <T> @Nullable T member(String name, Class<T> type, String expected) {
        Object value = members.get(name);
        if (value == null || value == JsonToken.VALUE_NULL) {
            return null;
        }
        if (!type.isInstance(value)) {
            throw invalid(name, "is " + kind(value) + "; expected " + expected);
        }
        return type.cast(value);
    }

    private <T> T required(String name, @Nullable T value, String expected) {
        if (value == null) {
            throw invalid(name, "is missing; expected " + expected);
        }
        return value;
    }

    private static String kind(Object value) {
        if (value instanceof String text) {
            return "the text " + Quoted.of(text);
        }
        if (value instanceof List) {
            return "a list";
        }
        if (value instanceof JsonObject) {
            return "an object";
        }
        if (value == Other.NUMBER) {
            return "a number that is not whole or too large";
        }
        return value == JsonToken.VALUE_NULL ? "null" : "the value " + value;
    }
}
