package io.streamkeeper.server.http.decode;

import io.netty.buffer.ByteBuf;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.server.config.HttpLimits;
import org.jspecify.annotations.Nullable;

/**
 * Reads the heads of the requests of a connection, line by line as they arrive (RFC 9112 section 2). Used by the
 * connection's event loop only; it must not be used after it has refused a head.
 */
public final class HeadParser {
    private static final int CRLF = 2;

    /** Enough for many heads; a body that follows should not be copied too. */
    private static final int READ_AHEAD_BYTES = 256;

    private final HttpLimits limits;
    private final HeadRoom room;
    private final LineBuffer lines;

    /** The head whose fields are being read; null until its request line is complete. */
    private @Nullable HeadBuilder head;

    private int fieldsStart;
    private boolean emptyLineSeen;

    public HeadParser(HttpLimits limits, HeadRoom room) {
        this.limits = limits;
        this.room = room;
        this.lines = new LineBuffer(READ_AHEAD_BYTES, room);
    }

    /** Whether a byte of the next head has arrived. */
    boolean hasBegun() {
        return !lines.isEmpty();
    }

    /**
     * Takes bytes of {@code in} up to the end of a head; returns null if the head ends in a later read.
     *
     * @throws RefusedException if the bytes are not part of a head that the server accepts
     */
    @Nullable
    public Http1Head read(ByteBuf in) {
        while (fillLine(in)) {
            int start = lines.lineStart();
            int end = lines.lineEnd();
            HeadBuilder builder = head;
            if (builder == null) {
                beginHead(start, end);
            } else if (start == end) {
                lines.giveBack(in);
                return endHead(builder);
            } else {
                builder.addField(lines.bytes(), start, end);
                lines.next();
            }
        }
        return null;
    }

    private boolean fillLine(ByteBuf in) {
        return switch (head == null ? fillRequestLine(in) : lines.fill(in, fieldLineBytesMax())) {
            case LINE -> true;
            case PARTIAL -> false;
            case TOO_LONG -> throw tooLong();
            case BARE_LF -> throw invalid("a line of the head ends in a bare line feed; expected CRLF");
            case NO_ROOM -> throw HeadRoom.exhausted();
        };
    }

    /** The rest of the limit after the previous fields, plus the empty line that follows all fields. */
    private int fieldLineBytesMax() {
        return limits.headerBytesMax() - (lines.lineStart() - fieldsStart) + CRLF;
    }

    /**
     * Refuses a client that speaks TLS, or another protocol, at its first byte, because it might never send a line
     * feed.
     */
    private LineBuffer.Fill fillRequestLine(ByteBuf in) {
        LineBuffer.Fill fill = lines.fill(in, limits.requestLineBytesMax() + CRLF);
        if (lines.hasLineBegun()) {
            byte first = lines.bytes()[lines.lineStart()];
            if (!Octets.isToken(first) && first != Octets.CR && first != Octets.LF) {
                throw invalid("a request begins with byte 0x" + Integer.toHexString(first & 0xff)
                        + "; expected a method of plain HTTP/1.1");
            }
        }
        return fill;
    }

    private void beginHead(int start, int end) {
        if (start == end && !emptyLineSeen) {
            // Some clients send an empty line after a body (RFC 9112 section 2.2).
            emptyLineSeen = true;
            lines.next();
            return;
        }
        head = new HeadBuilder(RequestLine.parse(lines.bytes(), start, end));
        lines.next();
        fieldsStart = lines.lineStart();
    }

    /** Ends a head. The class that drops the request releases the memory of the head and of the request. */
    private Http1Head endHead(HeadBuilder builder) {
        if (!room.tryTake(HeadRoom.REQUEST_BYTES)) {
            throw HeadRoom.exhausted();
        }
        Http1Head whole = builder.build(lines.bytes(), limits.bodyBytesMax());
        lines.detach();
        head = null;
        emptyLineSeen = false;
        return whole;
    }

    private RefusedException tooLong() {
        return head == null
                ? new RefusedException(
                        ErrorCode.URI_TOO_LONG,
                        "the request line is too long; expected at most " + limits.requestLineBytesMax() + " bytes")
                : new RefusedException(
                        ErrorCode.HEADERS_TOO_LARGE,
                        "the header fields are too large; expected at most " + limits.headerBytesMax()
                                + " bytes together");
    }

    private static RefusedException invalid(String message) {
        return new RefusedException(ErrorCode.INVALID_REQUEST, message);
    }
}
