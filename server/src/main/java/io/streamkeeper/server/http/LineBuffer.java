package io.streamkeeper.server.http;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/**
 * Collects lines out of however many reads they come in. A line stays where it is until the buffer is cleared, so a head's
 * lines end up as one array. Used by the connection's event loop only.
 *
 * <pre>
 *   ┌──────────────────┬──────────────┬───────────┐
 *   │ lines before     │ current line │ free      │
 *   └──────────────────┴──────────────┴───────────┘
 *   0              start            end
 * </pre>
 */
final class LineBuffer {
    /** What came of {@link #fill}. */
    enum Fill {
        /** The current line is whole, with CRLF as its last two bytes. */
        LINE,
        /** The input is used up and the line goes on. */
        PARTIAL,
        /** The line does not end within its bound. */
        TOO_LONG,
        /** The line ends with a bare LF. */
        BARE_LF
    }

    /** What a buffer begins with at the most: enough for most heads, so that those are copied once. */
    private static final int INITIAL_BYTES_MAX = 1024;

    private static final int INITIAL_BYTES_MIN = 128;
    private static final byte[] EMPTY = {};

    private byte[] bytes = EMPTY;
    private int start;
    private int end;

    /** Takes bytes of {@code in} up to the end of the current line, which is {@code lineBytesMax} long with its CRLF. */
    Fill fill(ByteBuf in, int lineBytesMax) {
        int from = in.readerIndex();
        int window = Math.min(in.readableBytes(), lineBytesMax - (end - start));
        int lf = in.indexOf(from, from + window, Octets.LF);
        int count = lf < 0 ? window : lf + 1 - from;
        reserve(count, in.readableBytes());
        in.readBytes(bytes, end, count);
        end += count;
        if (lf < 0) {
            return end - start == lineBytesMax ? Fill.TOO_LONG : Fill.PARTIAL;
        }
        return end - start >= 2 && bytes[end - 2] == Octets.CR ? Fill.LINE : Fill.BARE_LF;
    }

    private void reserve(int count, int readableBytes) {
        int needed = end + count;
        if (needed > bytes.length) {
            int initial = Math.max(INITIAL_BYTES_MIN, Math.min(readableBytes, INITIAL_BYTES_MAX));
            bytes = Arrays.copyOf(bytes, Math.max(needed, bytes.length == 0 ? initial : 2 * bytes.length));
        }
    }

    /** The array that holds the lines; another one once the buffer has grown. */
    byte[] bytes() {
        return bytes;
    }

    /** Where the current line begins. */
    int lineStart() {
        return start;
    }

    /** Where the current line, which is whole, ends without its CRLF. */
    int lineEnd() {
        return end - 2;
    }

    /** The current line, which is whole, for a message. */
    String text() {
        return Octets.text(bytes, start, lineEnd());
    }

    /** Begins another line behind the current one. */
    void next() {
        start = end;
    }

    /** Forgets all lines; the array is used again. */
    void clear() {
        start = 0;
        end = 0;
    }

    /** Forgets all lines and leaves the array to whoever asked for it. */
    void detach() {
        bytes = EMPTY;
        clear();
    }

    /** Whether nothing has come since the buffer was cleared. */
    boolean isEmpty() {
        return end == 0;
    }
}
