package io.streamkeeper.server.http.decode;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/**
 * Collects lines from any number of reads. A line stays at its place until the buffer is cleared, so that all lines of
 * a head are in one array. Used by the connection's event loop only.
 *
 * <pre>
 *   ┌──────────────────┬──────────────┬────────────┬──────┐
 *   │ lines before     │ current line │ read ahead │ free │
 *   └──────────────────┴──────────────┴────────────┴──────┘
 *   0              start            end       loaded
 * </pre>
 *
 * Bytes are read ahead because one large copy is cheaper than many small ones. They are searched before more of the
 * input is read, and {@link #giveBack} returns those that belong to no line. None remain when the input ends before the
 * line does.
 */
public final class LineBuffer {
    /** The result of {@link #fill}. */
    enum Fill {
        /** The current line is whole, with CRLF as its last two bytes. */
        LINE,
        /** The input ends before the line does. */
        PARTIAL,
        /** The line does not end within its bound. */
        TOO_LONG,
        /** The line ends with a bare LF. */
        BARE_LF,
        /** There is no memory for more of the line. */
        NO_ROOM
    }

    private static final byte[] EMPTY = {};

    private final int readAheadBytes;
    private final HeadRoom room;
    private byte[] bytes = EMPTY;
    private int start;
    private int end;
    private int loaded;

    /** A buffer that takes {@code readAheadBytes} of the input at a time, into memory that {@code room} counts. */
    LineBuffer(int readAheadBytes, HeadRoom room) {
        this.readAheadBytes = readAheadBytes;
        this.room = room;
    }

    /**
     * Takes bytes of {@code in} up to the end of the current line, which has at most {@code lineBytesMax} bytes with
     * its CRLF.
     */
    Fill fill(ByteBuf in, int lineBytesMax) {
        int limit = start + lineBytesMax;
        while (true) {
            int to = Math.min(loaded, limit);
            end = lineEnd(bytes, end, to);
            if (end > start && bytes[end - 1] == Octets.LF) {
                return end - start >= 2 && bytes[end - 2] == Octets.CR ? Fill.LINE : Fill.BARE_LF;
            }
            if (end == limit) {
                return Fill.TOO_LONG;
            }
            if (!in.isReadable()) {
                return Fill.PARTIAL;
            }
            if (!load(in)) {
                return Fill.NO_ROOM;
            }
        }
    }

    /** The index after the first LF of {@code bytes[from, to)}, or {@code to} if it has none. */
    private static int lineEnd(byte[] bytes, int from, int to) {
        int i = from;
        while (i < to) {
            if (bytes[i++] == Octets.LF) {
                break;
            }
        }
        return i;
    }

    private boolean load(ByteBuf in) {
        int count = Math.min(in.readableBytes(), readAheadBytes);
        if (loaded + count > bytes.length) {
            int length = Math.max(loaded + count, 2 * bytes.length);
            if (!room.tryTake(length - bytes.length)) {
                return false;
            }
            bytes = Arrays.copyOf(bytes, length);
        }
        in.readBytes(bytes, loaded, count);
        loaded += count;
        return true;
    }

    /** Returns to {@code in} the bytes that were read ahead and belong to no line. */
    void giveBack(ByteBuf in) {
        in.readerIndex(in.readerIndex() - (loaded - end));
        loaded = end;
    }

    /** The array that contains the lines; replaced when the buffer grows. */
    byte[] bytes() {
        return bytes;
    }

    /** Where the current line begins. */
    int lineStart() {
        return start;
    }

    /** Whether a byte of the current line has arrived. */
    boolean hasLineBegun() {
        return start < end;
    }

    /** Where the current line, which is complete, ends without its CRLF. */
    int lineEnd() {
        return end - 2;
    }

    /** The current line, which is complete, for a message. */
    String text() {
        return Octets.text(bytes, start, lineEnd());
    }

    /** Begins another line after the current one. */
    void next() {
        start = end;
    }

    /** Forgets all lines; no bytes may be read ahead. The array is used again. */
    void clear() {
        start = 0;
        end = 0;
        loaded = 0;
    }

    /**
     * Forgets all lines; no bytes may be read ahead. The caller owns the array from then on, and returns its memory to
     * the room.
     */
    void detach() {
        bytes = EMPTY;
        clear();
    }

    /** Returns the memory of the array; no lines may be read afterwards. */
    void release() {
        room.giveBack(bytes.length);
        detach();
    }

    /** Whether no byte has arrived since the buffer was cleared. */
    boolean isEmpty() {
        return end == 0;
    }
}
