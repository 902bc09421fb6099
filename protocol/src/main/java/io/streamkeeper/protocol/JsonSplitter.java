package io.streamkeeper.protocol;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufInputStream;
import io.netty.buffer.ByteBufUtil;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Checks that a body is one JSON text and finds the messages in it (section 9.1): the elements of an array, or else the
 * whole text. The client's own bytes are kept; nothing is decoded. Owned by one thread, an event loop's.
 *
 * <p>The text is UTF-8 without a byte order mark (RFC 8259 section 8.1), nested at most {@value #NESTING_MAX} deep.
 */
public final class JsonSplitter {
    /** How deep arrays and objects may be nested. */
    public static final int NESTING_MAX = 1_000;

    private static final int SCRATCH_BYTES_KEPT = 64 << 10;

    private final JsonParsers bodies;

    /** Stored messages are read within an array of ours, a level deeper than they came. */
    private final JsonParsers stored = new JsonParsers(NESTING_MAX + 1);

    private byte[] scratch = new byte[1 << 10];

    /** Makes a splitter, which is to be kept: its memory serves one body after the other. */
    public JsonSplitter() {
        this(NESTING_MAX);
    }

    private JsonSplitter(int nestingMax) {
        this.bodies = new JsonParsers(nestingMax);
    }

    /** {@return a splitter of what reads return: messages within an array of ours, a level deeper than they came} */
    public static JsonSplitter ofReads() {
        return new JsonSplitter(NESTING_MAX + 1);
    }

    /**
     * Finds the messages of a body.
     *
     * @param bytes the body as it came; taken over, not consumed
     * @return the body with its messages, or with the {@link ErrorCode#INVALID_JSON} that says where it is wrong
     */
    public Body split(ByteBuf bytes) {
        int length = bytes.readableBytes();
        if (!ByteBufUtil.isText(bytes, bytes.readerIndex(), length, StandardCharsets.UTF_8)) {
            return invalid(bytes, "it is not UTF-8");
        }
        if (!beginsAsJson(bytes)) {
            return invalid(bytes, "it does not begin as one");
        }
        Text text = text(bytes, length);
        try (JsonParser parser = parser(text, length)) {
            JsonToken first = parser.nextToken();
            if (first == null) {
                return invalid(bytes, "it is nothing but white space");
            }
            JsonMessages messages =
                    first == JsonToken.START_ARRAY ? elements(parser, text) : wholeText(parser, text, length);
            if (parser.nextToken() != null) {
                return invalid(bytes, "another value follows at byte " + tokenStart(parser));
            }
            return new Body(bytes, messages, null);
        } catch (StreamConstraintsException e) {
            return refused(
                    bytes,
                    "the body nests arrays and objects deeper than " + NESTING_MAX + " levels, which is the limit");
        } catch (JsonProcessingException e) {
            return invalid(bytes, "it goes wrong" + place(e.getLocation()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The words of the parser's own message may change with the parser: nothing but the place is taken from it. */
    private static String place(@Nullable JsonLocation location) {
        return location == null ? "" : " at byte " + location.getByteOffset();
    }

    private static Body invalid(ByteBuf bytes, String reason) {
        return refused(bytes, "the body is not a JSON text in UTF-8: " + reason);
    }

    private static Body refused(ByteBuf bytes, String message) {
        return new Body(bytes, null, Refusal.of(ErrorCode.INVALID_JSON, message));
    }

    /** The parser guesses the encoding from the first bytes; a text that begins in ASCII leaves it no other guess. */
    private static boolean beginsAsJson(ByteBuf bytes) {
        int start = bytes.readerIndex();
        int length = bytes.readableBytes();
        for (int i = 0; i < Math.min(length, 4); i++) {
            if (bytes.getByte(start + i) == 0) {
                return false;
            }
        }
        return length > 0 && bytes.getByte(start) > 0;
    }

    /** The text of a body where it can be looked at byte by byte; of a large one there is no copy. */
    private static final class Text {
        private final ByteBuf bytes;
        private final byte @Nullable [] array;
        private final int start;

        /** The text that {@code bytes} are, and {@code array} from {@code start} on if it is not null. */
        Text(ByteBuf bytes, byte @Nullable [] array, int start) {
            this.bytes = bytes;
            this.array = array;
            this.start = start;
        }

        byte at(int index) {
            return array == null ? bytes.getByte(bytes.readerIndex() + index) : array[start + index];
        }
    }

    private Text text(ByteBuf bytes, int length) {
        if (bytes.hasArray()) {
            return new Text(bytes, bytes.array(), bytes.arrayOffset() + bytes.readerIndex());
        }
        return new Text(bytes, length > SCRATCH_BYTES_KEPT ? null : copied(bytes, length), 0);
    }

    private JsonParser parser(Text text, int length) throws IOException {
        return text.array == null
                ? bodies.of(new ByteBufInputStream(text.bytes.duplicate(), length), length)
                : bodies.of(text.array, text.start, length);
    }

    private byte[] copied(ByteBuf bytes, int length) {
        byte[] target = scratch(length);
        bytes.getBytes(bytes.readerIndex(), target, 0, length);
        return target;
    }

    /** A large array is not kept: it is as rare as the body that asks for it. */
    private byte[] scratch(int length) {
        if (length <= scratch.length) {
            return scratch;
        }
        byte[] larger = new byte[length <= SCRATCH_BYTES_KEPT ? Math.min(SCRATCH_BYTES_KEPT, 2 * length) : length];
        if (larger.length <= SCRATCH_BYTES_KEPT) {
            scratch = larger;
        }
        return larger;
    }

    private static JsonMessages elements(JsonParser parser, Text text) throws IOException {
        JsonMessages.Collector messages = new JsonMessages.Collector();
        int messageStart = -1;
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            int next = tokenStart(parser);
            if (messageStart >= 0) {
                messages.add(messageStart, endBefore(text, next, true));
            }
            messageStart = next;
            parser.skipChildren();
        }
        if (messageStart < 0) {
            return JsonMessages.NONE;
        }
        messages.add(messageStart, endBefore(text, tokenStart(parser), false));
        return messages.messages();
    }

    private static JsonMessages wholeText(JsonParser parser, Text text, int length) throws IOException {
        int first = tokenStart(parser);
        parser.skipChildren();
        JsonMessages.Collector messages = new JsonMessages.Collector();
        messages.add(first, endBefore(text, length, false));
        return messages.messages();
    }

    /** Where the value ends that nothing but white space, and perhaps one comma, parts from what is at {@code index}. */
    private static int endBefore(Text text, int index, boolean comma) {
        int end = withoutSpace(text, index);
        return comma ? withoutSpace(text, end - 1) : end;
    }

    private static int withoutSpace(Text text, int index) {
        int end = index;
        while (end > 0 && isSpace(text.at(end - 1))) {
            end--;
        }
        return end;
    }

    private static boolean isSpace(byte b) {
        return b == ' ' || b == '\n' || b == '\r' || b == '\t';
    }

    private static int tokenStart(JsonParser parser) {
        return (int) parser.currentTokenLocation().getByteOffset();
    }

    // ---- stored messages ----

    /**
     * How many messages of {@code stored} end at or before {@code index}.
     *
     * @param stored a run of stored messages, each with a comma behind it
     * @param index bytes from the beginning of the run, at most its length
     * @return their number, or -1 if {@code index} is inside a message
     */
    public int messagesBefore(ByteBuf stored, int index) {
        try (JsonParser parser = parserOf(stored)) {
            int before = 0;
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                int messageStart = tokenStart(parser) - 1;
                if (messageStart >= index) {
                    return messageStart == index ? before : -1;
                }
                before++;
                parser.skipChildren();
            }
            return index == stored.readableBytes() ? before : -1;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Where the first {@code count} messages of {@code stored} end, commas included.
     *
     * @param stored a run of stored messages, each with a comma behind it
     * @param count how many, not negative
     * @return bytes from the beginning of the run, or -1 if it holds fewer messages
     */
    public int boundaryAfter(ByteBuf stored, int count) {
        try (JsonParser parser = parserOf(stored)) {
            int before = 0;
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                if (before == count) {
                    return tokenStart(parser) - 1;
                }
                before++;
                parser.skipChildren();
            }
            return before == count ? stored.readableBytes() : -1;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A parser of the array that the stored messages are the elements of, its first bracket read already. */
    private JsonParser parserOf(ByteBuf stored) throws IOException {
        int length = stored.readableBytes();
        byte[] array = scratch(length + 1);
        array[0] = '[';
        stored.getBytes(stored.readerIndex(), array, 1, length);
        array[length] = ']';
        if (length == 0) {
            array = new byte[] {'[', ']'};
            length = 1;
        }
        JsonParser parser = this.stored.of(array, 0, length + 1);
        parser.nextToken();
        return parser;
    }
}
