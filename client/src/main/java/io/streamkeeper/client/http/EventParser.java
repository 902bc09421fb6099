package io.streamkeeper.client.http;

import io.streamkeeper.client.api.StreamException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Parses server-sent events from buffers that may end anywhere within an event. Lines end with CR, LF or CRLF; the
 * {@code data} lines of an event are joined with LF; an empty line ends the event. Comments and fields that the
 * protocol does not use are skipped. An event without a data line is dropped. Owned by the session that feeds it.
 *
 * <p>The data of an event and the line that is being read share one array: the line follows the data. The array grows
 * with the event, up to the limit; while it is copied to a larger one, both exist.
 */
final class EventParser {
    /** One event. */
    static final class Event {
        private final String name;
        private final byte[] data;
        private final @Nullable String id;

        Event(String name, byte[] data, @Nullable String id) {
            this.name = name;
            this.data = data;
            this.id = id;
        }

        /** Its name; {@code message} if it has none. */
        String name() {
            return name;
        }

        /** Its id; null if it has none. */
        @Nullable
        String id() {
            return id;
        }

        /** Its data lines, joined with LF; not a copy. */
        byte[] data() {
            return data;
        }
    }

    /** The error code for an event or a response that exceeds its limit. */
    static final String TOO_LARGE = "answer_too_large";

    private static final String NAMELESS = "message";
    private static final byte[] DATA = "data".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] EVENT = "event".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] ID = "id".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};

    /** The size to which the array is reduced after a larger event. */
    private static final int BYTES_KEPT_MAX = 64 << 10;

    /** A data line's bytes besides the data: the name, a colon and a space. */
    private static final int FIELD_BYTES = DATA.length + 2;

    private final int bytesMax;
    private byte[] bytes = new byte[1 << 10];
    private int length;
    private int lineStart;
    private boolean hasData;
    private boolean isFirstLine = true;
    private boolean skipsLineFeed;
    private String name = NAMELESS;
    private @Nullable String id;

    /**
     * Creates a parser for one response.
     *
     * @param bytesMax the largest data of an event, or any other line, in bytes
     */
    EventParser(int bytesMax) {
        this.bytesMax = bytesMax;
    }

    /**
     * Parses until an event is complete.
     *
     * @return the event, with the bytes after it left in {@code in}; null if {@code in} ends before the event does
     * @throws StreamException.Invalid if an event is larger than the limit
     */
    @Nullable
    Event parse(ByteBuffer in) {
        while (in.hasRemaining()) {
            int start = in.position();
            if (skipsLineFeed) {
                skipsLineFeed = false;
                if (in.get(start) == '\n') {
                    in.position(start + 1);
                    continue;
                }
            }
            int end = lineEnd(in);
            take(in, end - start);
            if (in.hasRemaining()) {
                skipsLineFeed = in.get() == '\r';
                Event event = endLine();
                if (event != null) {
                    return event;
                }
            }
        }
        return null;
    }

    private static int lineEnd(ByteBuffer in) {
        int end = in.position();
        while (end < in.limit() && in.get(end) != '\n' && in.get(end) != '\r') {
            end++;
        }
        return end;
    }

    private void take(ByteBuffer in, int count) {
        int needed = length + count;
        if (needed > bytesMax + FIELD_BYTES) {
            throw tooLarge();
        }
        if (needed > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(needed, (int) Math.min(2L * bytes.length, bytesMax + FIELD_BYTES)));
        }
        in.get(bytes, length, count);
        length = needed;
    }

    private StreamException tooLarge() {
        return new StreamException.Invalid(
                TOO_LARGE, 200, "an event of the server has more than " + bytesMax + " bytes, which is the limit");
    }

    private @Nullable Event endLine() {
        if (isFirstLine) {
            isFirstLine = false;
            dropByteOrderMark();
        }
        if (length == lineStart) {
            return endEvent();
        }
        int nameEnd = lineStart;
        while (nameEnd < length && bytes[nameEnd] != ':') {
            nameEnd++;
        }
        int valueStart = Math.min(length, nameEnd + 1);
        if (valueStart < length && bytes[valueStart] == ' ') {
            valueStart++;
        }
        if (isField(DATA, nameEnd)) {
            keep(valueStart);
        } else if (isField(EVENT, nameEnd)) {
            name = new String(bytes, valueStart, length - valueStart, StandardCharsets.UTF_8);
        } else if (isField(ID, nameEnd)) {
            id = new String(bytes, valueStart, length - valueStart, StandardCharsets.UTF_8);
        }
        length = lineStart;
        return null;
    }

    private void dropByteOrderMark() {
        if (Arrays.mismatch(
                        bytes, 0, Math.min(length, BYTE_ORDER_MARK.length), BYTE_ORDER_MARK, 0, BYTE_ORDER_MARK.length)
                < 0) {
            length -= BYTE_ORDER_MARK.length;
            System.arraycopy(bytes, BYTE_ORDER_MARK.length, bytes, 0, length);
        }
    }

    private boolean isField(byte[] field, int nameEnd) {
        return Arrays.equals(bytes, lineStart, nameEnd, field, 0, field.length);
    }

    /**
     * Moves the line's value to the end of the data, over the field's name, which is longer than the LF that joins
     * them.
     */
    private void keep(int valueStart) {
        int count = length - valueStart;
        if (hasData) {
            bytes[lineStart++] = '\n';
        }
        hasData = true;
        System.arraycopy(bytes, valueStart, bytes, lineStart, count);
        lineStart += count;
        if (lineStart > bytesMax) {
            throw tooLarge();
        }
    }

    private @Nullable Event endEvent() {
        Event event = hasData ? new Event(name, Arrays.copyOf(bytes, lineStart), id) : null;
        name = NAMELESS;
        id = null;
        hasData = false;
        lineStart = 0;
        length = 0;
        if (bytes.length > BYTES_KEPT_MAX) {
            bytes = new byte[BYTES_KEPT_MAX];
        }
        return event;
    }
}
