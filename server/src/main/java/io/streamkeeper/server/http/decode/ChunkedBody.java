package io.streamkeeper.server.http.decode;

import io.netty.buffer.ByteBuf;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Quoted;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.server.config.HttpLimits;
import org.jspecify.annotations.Nullable;

/**
 * A body in chunks (RFC 9112 section 7.1). Extensions and trailer fields are checked for their syntax, bounded, and
 * dropped. An extension whose quoted string does not end on its line is refused: another party could read that string,
 * and so the body, up to a later line. Used by the connection's event loop only.
 *
 * <pre>
 *   SIZE ──size 0──▶ TRAILER ──empty line──▶ whole
 *   │  ▲
 *   │  └──CRLF── DATA_END
 *   └──size──▶ DATA ──▶ DATA_END
 * </pre>
 */
final class ChunkedBody implements BodyReader {
    /** Limit for the extensions of one body together. */
    static final int EXTENSION_BYTES_MAX = 16 << 10;

    /** Digits of a chunk's size; more may not fit a {@code long}. */
    private static final int SIZE_DIGITS_MAX = 15;

    /** A little more than most size lines: the data that follows a line is not copied into the line buffer. */
    private static final int READ_AHEAD_BYTES = 8;

    private static final int CRLF = 2;

    private enum State {
        SIZE,
        DATA,
        DATA_END,
        TRAILER
    }

    private final HttpLimits limits;
    private final int bytesMax;
    private final BodyBuffer body;
    private final LineBuffer line;
    private State state = State.SIZE;
    private int chunkMissing;
    private int extensionBytes;
    private int trailerBytes;

    /** A body of at most {@code bytesMax} bytes in memory of {@code room}; the lines between its chunks are in memory of {@code heads}. */
    ChunkedBody(BodyRoom room, HeadRoom heads, HttpLimits limits, int bytesMax) {
        this.limits = limits;
        this.bytesMax = bytesMax;
        this.line = new LineBuffer(READ_AHEAD_BYTES, heads);
        this.body = new BodyBuffer(room, bytesMax);
    }

    @Override
    public @Nullable ByteBuf read(ByteBuf in) {
        while (in.isReadable() && !body.isWaiting()) {
            boolean whole = switch (state) {
                case SIZE -> readSize(in);
                case DATA -> readData(in);
                case DATA_END -> readDataEnd(in);
                case TRAILER -> readTrailer(in);
            };
            if (whole) {
                line.release();
                return body.detach();
            }
        }
        body.keep();
        return null;
    }

    private boolean readSize(ByteBuf in) {
        int extensionLeft = EXTENSION_BYTES_MAX - extensionBytes;
        if (fillLine(in, SIZE_DIGITS_MAX + extensionLeft + CRLF)) {
            chunkMissing = size(line.bytes(), line.lineStart(), line.lineEnd());
            state = chunkMissing == 0 ? State.TRAILER : State.DATA;
            line.giveBack(in);
            line.clear();
        }
        return false;
    }

    private int size(byte[] bytes, int start, int end) {
        long size = 0;
        int i = start;
        while (i < end && Octets.hexDigit(bytes[i]) >= 0 && i - start < SIZE_DIGITS_MAX) {
            size = size << 4 | Octets.hexDigit(bytes[i++]);
        }
        if (i == start || (i < end && bytes[i] != ';')) {
            throw invalid("chunk size " + Quoted.of(line.text()) + " is not valid; expected 1 to " + SIZE_DIGITS_MAX
                    + " hex digits");
        }
        skipExtension(bytes, i, end);
        if (size > bytesMax - body.size()) {
            throw BodyFraming.tooLarge(body.size() + size, bytesMax);
        }
        return (int) size;
    }

    private void skipExtension(byte[] bytes, int start, int end) {
        boolean quoted = false;
        boolean escaped = false;
        for (int i = start; i < end; i++) {
            if (!Octets.isFieldValue(bytes[i])) {
                throw invalidExtension("no control characters");
            }
            quoted ^= bytes[i] == '"' && !escaped;
            escaped = quoted && bytes[i] == '\\' && !escaped;
        }
        if (quoted) {
            throw invalidExtension("each quoted string to end on its line");
        }
        extensionBytes += end - start;
        if (extensionBytes > EXTENSION_BYTES_MAX) {
            throw extensionsTooLarge();
        }
    }

    private boolean readData(ByteBuf in) {
        chunkMissing -=
                in.readableBytes() >= chunkMissing ? body.takeRun(in, chunkMissing) : body.take(in, in.readableBytes());
        if (chunkMissing == 0) {
            state = State.DATA_END;
        }
        return false;
    }

    private boolean readDataEnd(ByteBuf in) {
        LineBuffer.Fill fill = line.fill(in, CRLF);
        if (fill == LineBuffer.Fill.TOO_LONG || fill == LineBuffer.Fill.BARE_LF) {
            throw invalid("a chunk is longer than its size; expected CRLF after it");
        }
        if (fill == LineBuffer.Fill.NO_ROOM) {
            throw HeadRoom.exhausted();
        }
        if (fill == LineBuffer.Fill.LINE) {
            line.giveBack(in);
            line.clear();
            state = State.SIZE;
        }
        return false;
    }

    private boolean readTrailer(ByteBuf in) {
        if (!fillLine(in, limits.headerBytesMax() - trailerBytes + CRLF)) {
            return false;
        }
        int start = line.lineStart();
        int end = line.lineEnd();
        if (start < end) {
            FieldLine.check(line.bytes(), start, end);
            trailerBytes += end - start + CRLF;
        }
        line.giveBack(in);
        line.clear();
        return start == end;
    }

    private boolean fillLine(ByteBuf in, int lineBytesMax) {
        return switch (line.fill(in, lineBytesMax)) {
            case LINE -> true;
            case PARTIAL -> false;
            case TOO_LONG ->
                throw state == State.TRAILER
                        ? new RefusedException(
                                ErrorCode.HEADERS_TOO_LARGE,
                                "the trailer fields are too large; expected at most " + limits.headerBytesMax()
                                        + " bytes together")
                        : extensionsTooLarge();
            case BARE_LF -> throw invalid("a line between chunks ends in a bare line feed; expected CRLF");
            case NO_ROOM -> throw HeadRoom.exhausted();
        };
    }

    private RefusedException invalidExtension(String expected) {
        return invalid("chunk extension " + Quoted.of(line.text()) + " is not valid; expected " + expected);
    }

    private static RefusedException extensionsTooLarge() {
        return invalid(
                "the chunk extensions are too large; expected at most " + EXTENSION_BYTES_MAX + " bytes together");
    }

    private static RefusedException invalid(String message) {
        return new RefusedException(ErrorCode.INVALID_REQUEST, message);
    }

    @Override
    public BodyBuffer buffer() {
        return body;
    }

    @Override
    public void release() {
        line.release();
        body.release();
    }
}
