package io.streamkeeper.client.http;

import io.streamkeeper.client.api.StreamException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Parses server-sent events from bytes, however they are cut: lines end with CR, LF or CRLF, the {@code data} lines of
 * an event are joined by LF, an empty line ends it. Fields that the protocol does not use and comments are skipped. An
 * event without a data line is dropped. Owned by the session that feeds it.
 *
 * <p>The data of an event and the line that is being read share one array: the line follows the data. The array has the
 * size of the event and never more than the limit, twice that while it grows.
 */
final class EventParser {
    /** One event. */
    static final class Event {
        private final String name;
        private final byte[] data;

        Event(String name, byte[] data) {
            this.name = name;
            this.data = data;
        }

        /** Its name; {@code message} where it has none. */
        String name() {
            return name;
        }

        /** Its data lines, joined; not a copy. */
        byte[] data() {
            return data;
        }
    }

    /** The code of the error for an event that is larger than its limit. */
    static final String TOO_LARGE = "answer_too_large";

    private static final String NAMELESS = "message";
    private static final byte[] DATA = "data".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] EVENT = "event".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};

    /** The size that the array is reduced to after a larger event. */
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

    /**
     * A parser of one response.
     *
     * @param bytesMax the largest data of an event, or any other line, in bytes
     */
    EventParser(int bytesMax) {
        this.bytesMax = bytesMax;
    }

    /**
     * Parses until an event is whole.
     *
     * @return the event, with the bytes after it left in {@code in}; null if {@code in} ends before
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
     * Moves the line's value to the data before it, over the field's name, which is longer than the LF between them.
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
        Event event = hasData ? new Event(name, Arrays.copyOf(bytes, lineStart)) : null;
        name = NAMELESS;
        hasData = false;
        lineStart = 0;
        length = 0;
        if (bytes.length > BYTES_KEPT_MAX) {
            bytes = new byte[BYTES_KEPT_MAX];
        }
        return event;
    }
}
