package io.streamkeeper.protocol;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.util.ByteProcessor;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Writes server-sent events (section 5.8). Each data event can be decoded by itself: JSON as a whole array, base64
 * without the events around it. The id of an event is the offset after it, with which a browser resumes.
 *
 * <p>In text, each CR, LF or CRLF begins another {@code data:} line, so that no content ends an event or begins a
 * field; a reader receives LF for each of them. A space follows the colon only where the line itself begins with one,
 * because readers drop the first space.
 *
 * <p>Each method writes at the writer index of a growing buffer, and takes no ownership.
 */
public final class SseEncoder {
    private static final byte[] DATA_EVENT = ascii("event: data\ndata:");
    private static final byte[] CONTROL_EVENT = ascii("event: control\ndata:{\"streamNextOffset\":\"");
    private static final byte[] LINE = ascii("\ndata:");
    private static final byte[] ID = ascii("\nid: ");
    private static final byte[] END = ascii("\n\n");
    private static final byte[] COMMENT = ascii(": keep-alive\n\n");
    private static final byte[] RETRY = ascii("retry: ");
    private static final byte[] CURSOR = ascii("\",\"streamCursor\":\"");
    private static final byte[] UP_TO_DATE = ascii("\",\"upToDate\":true");
    private static final byte[] CLOSED = ascii(",\"streamClosed\":true");

    private static final byte[] AUTHORIZATION_ENDED = ascii("\",\"authorizationEnded\":true}");

    /** Bytes that are encoded at a time; a multiple of three, so that the pieces join without padding. */
    private static final int BASE64_PIECE_BYTES = 12 << 10;

    private static final ByteProcessor IS_ASCII = b -> b >= 0;

    private SseEncoder() {}

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /**
     * Writes a data event.
     *
     * @param out receives the event
     * @param type the content type of the stream
     * @param bytes a run of the stream, JSON messages each followed by a comma; read, not consumed
     * @param next the offset after the run
     */
    public static void data(ByteBuf out, ContentType type, ByteBuf bytes, Offset next) {
        data(out, type, bytes);
        end(out, next);
    }

    /**
     * Writes a data event with another id, such as one of several streams.
     *
     * @param out receives the event
     * @param type the content type of the stream
     * @param bytes a run of the stream, JSON messages each followed by a comma; read, not consumed
     * @param id with which its reader resumes after the run
     */
    public static void data(ByteBuf out, ContentType type, ByteBuf bytes, EventId id) {
        data(out, type, bytes);
        end(out, id);
    }

    private static void data(ByteBuf out, ContentType type, ByteBuf bytes) {
        out.writeBytes(DATA_EVENT);
        int start = bytes.readerIndex();
        int length = bytes.readableBytes();
        if (type.isJson()) {
            out.writeByte('[');
            lines(out, bytes, start, start + Math.max(0, length - 1), true);
            out.writeByte(']');
        } else if (type.isText()) {
            text(out, bytes, start, length);
        } else {
            base64(out, bytes, start, length);
        }
    }

    // ---- a data event in parts ----

    /**
     * Writes the beginning of a data event of JSON messages.
     *
     * @param out receives it
     */
    public static void beginMessages(ByteBuf out) {
        out.writeBytes(DATA_EVENT).writeByte('[');
    }

    /**
     * Writes a part of the messages of such an event.
     *
     * @param out receives it
     * @param bytes a run of the stream, whose last comma is not written; read, not consumed
     * @param index where the part begins, at the reader index or where the last part ended
     * @param bytesMax the approximate length of the part in bytes
     * @return where the part ends, which is not within a line end
     */
    public static int messages(ByteBuf out, ByteBuf bytes, int index, int bytesMax) {
        int last = bytes.writerIndex() - 1;
        int end = Math.min(last, index + bytesMax);
        if (end < last && bytes.getByte(end) == '\n' && bytes.getByte(end - 1) == '\r') {
            end++;
        }
        boolean beginsLine = index == bytes.readerIndex() || isLineEnd(bytes.getByte(index - 1));
        lines(out, bytes, index, end, beginsLine);
        return end;
    }

    private static boolean isLineEnd(byte b) {
        return b == '\n' || b == '\r';
    }

    /**
     * Writes the end of such an event.
     *
     * @param out receives it
     * @param next the offset after the run
     */
    public static void endMessages(ByteBuf out, Offset next) {
        end(out.writeByte(']'), next);
    }

    /**
     * Writes the end of such an event with another id.
     *
     * @param out receives it
     * @param id with which its reader resumes after the run
     */
    public static void endMessages(ByteBuf out, EventId id) {
        end(out.writeByte(']'), id);
    }

    /**
     * Writes an event of another kind.
     *
     * @param out receives it
     * @param event the kind
     * @param json its data, one line
     * @param id with which its reader resumes; null for an event without an id
     */
    public static void event(ByteBuf out, String event, String json, @Nullable EventId id) {
        ByteBufUtil.writeAscii(out, "event: ");
        ByteBufUtil.writeAscii(out, event);
        out.writeBytes(LINE);
        ByteBufUtil.writeUtf8(out, json);
        if (id != null) {
            end(out, id);
        } else {
            out.writeBytes(END);
        }
    }

    private static void end(ByteBuf out, EventId id) {
        out.writeBytes(ID);
        id.writeTo(out);
        out.writeBytes(END);
    }

    private static void end(ByteBuf out, Offset next) {
        out.writeBytes(ID);
        next.writeTo(out);
        out.writeBytes(END);
    }

    /** Replaces each sequence that is not UTF-8 by U+FFFD, because an event stream is UTF-8. */
    private static void text(ByteBuf out, ByteBuf bytes, int start, int length) {
        int other = bytes.forEachByte(start, length, IS_ASCII);
        if (other < 0 || ByteBufUtil.isText(bytes, other, start + length - other, StandardCharsets.UTF_8)) {
            lines(out, bytes, start, start + length, true);
            return;
        }
        ByteBuf mended = Unpooled.wrappedBuffer(
                bytes.toString(start, length, StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_8));
        lines(out, mended, 0, mended.readableBytes(), true);
    }

    private static void lines(ByteBuf out, ByteBuf bytes, int start, int end, boolean startsLine) {
        int index = start;
        boolean beginsLine = startsLine;
        while (true) {
            if (beginsLine && index < end && bytes.getByte(index) == ' ') {
                out.writeByte(' ');
            }
            int lineEnd = bytes.forEachByte(index, end - index, ByteProcessor.FIND_CRLF);
            if (lineEnd < 0) {
                out.writeBytes(bytes, index, end - index);
                return;
            }
            out.writeBytes(bytes, index, lineEnd - index).writeBytes(LINE);
            boolean pair = bytes.getByte(lineEnd) == '\r' && lineEnd + 1 < end && bytes.getByte(lineEnd + 1) == '\n';
            index = lineEnd + (pair ? 2 : 1);
            beginsLine = true;
        }
    }

    private static void base64(ByteBuf out, ByteBuf bytes, int start, int length) {
        Base64.Encoder encoder = Base64.getEncoder();
        for (int done = 0; done < length; done += BASE64_PIECE_BYTES) {
            int piece = Math.min(BASE64_PIECE_BYTES, length - done);
            out.writeBytes(encoder.encode(ByteBufUtil.getBytes(bytes, start + done, piece)));
        }
    }

    /**
     * Writes the control event that ends a live read because its reader may not read any more.
     *
     * @param out receives the event
     * @param next the offset where the reader continues, with other credentials
     * @param cursor the cursor
     */
    public static void authorizationEnded(ByteBuf out, Offset next, String cursor) {
        out.writeBytes(CONTROL_EVENT);
        next.writeTo(out);
        out.writeBytes(CURSOR);
        ByteBufUtil.writeAscii(out, cursor);
        out.writeBytes(AUTHORIZATION_ENDED);
        end(out, next);
    }

    /**
     * Writes a control event.
     *
     * @param out receives the event
     * @param next the offset where the reader continues
     * @param cursor the cursor; null exactly where the stream is closed
     * @param upToDate whether {@code next} is the tail
     * @param closed whether the stream is closed and {@code next} is its end
     */
    public static void control(ByteBuf out, Offset next, @Nullable String cursor, boolean upToDate, boolean closed) {
        out.writeBytes(CONTROL_EVENT);
        next.writeTo(out);
        if (cursor != null && !closed) {
            out.writeBytes(CURSOR);
            ByteBufUtil.writeAscii(out, cursor);
        }
        if (upToDate || closed) {
            out.writeBytes(UP_TO_DATE);
        } else {
            out.writeByte('"');
        }
        if (closed) {
            out.writeBytes(CLOSED);
        }
        out.writeByte('}');
        end(out, next);
    }

    /**
     * Writes a comment, which readers ignore.
     *
     * @param out receives the comment
     */
    public static void comment(ByteBuf out) {
        out.writeBytes(COMMENT);
    }

    /**
     * Writes how long a reader waits before it connects again.
     *
     * @param out receives the field
     * @param millis the time
     */
    public static void retry(ByteBuf out, int millis) {
        out.writeBytes(RETRY);
        ByteBufUtil.writeAscii(out, Integer.toString(millis));
        out.writeBytes(END);
    }

    /**
     * How many of the readable bytes are whole UTF-8 characters. An incomplete last character, of at most three bytes,
     * does not count; bytes that are not UTF-8 do.
     *
     * @param bytes a run of a text stream; read, not consumed
     * @return bytes from its reader index
     */
    public static int wholeTextLength(ByteBuf bytes) {
        int length = bytes.readableBytes();
        for (int back = 1; back <= Math.min(3, length); back++) {
            int b = bytes.getByte(bytes.writerIndex() - back) & 0xff;
            if ((b & 0xc0) != 0x80) {
                return characterBytes(b) > back ? length - back : length;
            }
        }
        return length;
    }

    /**
     * How many of the readable bytes can be sent as text while more may follow: whole characters, without a carriage
     * return at the end, because a line feed after it would become a second line end.
     *
     * @param bytes a run of a text stream; read, not consumed
     * @return bytes from its reader index
     */
    public static int tellableTextLength(ByteBuf bytes) {
        int length = wholeTextLength(bytes);
        boolean endsInReturn =
                length > 0 && length == bytes.readableBytes() && bytes.getByte(bytes.writerIndex() - 1) == '\r';
        return endsInReturn ? length - 1 : length;
    }

    private static int characterBytes(int first) {
        if (first >= 0xc2 && first < 0xe0) {
            return 2;
        }
        if (first >= 0xe0 && first < 0xf0) {
            return 3;
        }
        return first >= 0xf0 && first < 0xf5 ? 4 : 1;
    }

    /**
     * {@return the approximate size of the content of a data event in bytes} A run with many lines takes more.
     *
     * @param type the content type of the stream
     * @param bytes the length of the run in bytes
     */
    public static int encodedBytesHint(ContentType type, int bytes) {
        return type.isText() ? bytes + bytes / 8 : (bytes + 2) / 3 * 4;
    }
}
