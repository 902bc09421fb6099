package io.streamkeeper.bench.load;

import io.netty.buffer.ByteBuf;
import io.netty.util.ByteProcessor;
import java.nio.charset.StandardCharsets;

/**
 * Finds the status and the end of HTTP/1.1 responses that come one after another, in pieces of any size. It looks at the
 * status code and {@code Content-Length} and skips the rest; a response that is framed otherwise is refused. Owned by
 * its connection.
 */
public final class ResponseParser {
    private static final byte[] LENGTH_NAME = ascii("content-length:");
    private static final byte[] CODING_NAME = ascii("transfer-encoding:");
    private static final byte[] PROTOCOL = ascii("http/1.1 ");
    private static final int STATUS_END = PROTOCOL.length + 3;
    private static final int HEAD_BYTES_MAX = 64 << 10;
    private static final int LENGTH_DIGITS_MAX = 15;

    private final ByteProcessor headByte = this::takeHeadByte;

    private boolean inBody;
    private boolean inStatusLine;
    private int column;
    private int headBytes;
    private boolean mayBeLength;
    private boolean mayBeCoding;
    private int lengthDigits;
    private int status;
    private long bodyBytes;
    private long bodyBytesLeft;

    public ResponseParser() {
        begin();
    }

    /**
     * Takes bytes up to the end of the response.
     *
     * @return whether the response is complete; then the next call begins the next one
     * @throws IllegalArgumentException if this is not a response with a known length
     */
    public boolean take(ByteBuf in) {
        if (!inBody && !takeHead(in)) {
            return false;
        }
        int skipped = (int) Math.min(bodyBytesLeft, in.readableBytes());
        in.skipBytes(skipped);
        bodyBytesLeft -= skipped;
        inBody = bodyBytesLeft > 0;
        return !inBody;
    }

    /** The status of the response that was completed last. */
    public int status() {
        return status;
    }

    /** The length of the body of the response that was completed last. */
    public long bodyBytes() {
        return bodyBytes;
    }

    private boolean takeHead(ByteBuf in) {
        if (column == 0 && headBytes == 0) {
            begin();
        }
        int last = in.forEachByte(headByte);
        if (last < 0) {
            in.skipBytes(in.readableBytes());
            return false;
        }
        in.readerIndex(last + 1);
        endHead();
        return true;
    }

    private void begin() {
        inStatusLine = true;
        column = 0;
        headBytes = 0;
        lengthDigits = 0;
        status = 0;
        bodyBytes = 0;
        beginLine();
    }

    private void beginLine() {
        column = 0;
        mayBeLength = true;
        mayBeCoding = true;
    }

    private void endHead() {
        if (lengthDigits == 0 && status != 204 && status != 304) {
            throw new IllegalArgumentException("response " + status + " has no length; expected Content-Length");
        }
        bodyBytesLeft = status == 204 || status == 304 ? 0 : bodyBytes;
        column = 0;
        headBytes = 0;
    }

    /** False at the last byte of the head. */
    private boolean takeHeadByte(byte octet) {
        if (++headBytes > HEAD_BYTES_MAX) {
            throw new IllegalArgumentException("response head is too long; expected at most " + HEAD_BYTES_MAX);
        }
        if (octet == '\r') {
            return true;
        }
        if (octet == '\n') {
            return endLine();
        }
        if (inStatusLine) {
            takeStatusByte(octet);
        } else if (mayBeLength || mayBeCoding) {
            takeFieldByte(octet);
        }
        column++;
        return true;
    }

    private boolean endLine() {
        if (inStatusLine && column < STATUS_END) {
            throw new IllegalArgumentException("status line has " + column + " bytes; expected HTTP/1.1 and a status");
        }
        boolean endsHead = column == 0;
        inStatusLine = false;
        beginLine();
        return !endsHead;
    }

    private void takeStatusByte(byte octet) {
        if (column < PROTOCOL.length ? lower(octet) != PROTOCOL[column] : column < STATUS_END && !isDigit(octet)) {
            throw new IllegalArgumentException(
                    "byte " + column + " of the status line is " + octet + "; expected HTTP/1.1 and a status");
        }
        if (column >= PROTOCOL.length && column < STATUS_END) {
            status = status * 10 + octet - '0';
        }
    }

    private void takeFieldByte(byte octet) {
        if (column < LENGTH_NAME.length) {
            mayBeLength = mayBeLength && lower(octet) == LENGTH_NAME[column];
        } else if (mayBeLength) {
            takeLengthByte(octet);
        }
        if (mayBeCoding) {
            mayBeCoding = lower(octet) == CODING_NAME[column];
            if (mayBeCoding && column + 1 == CODING_NAME.length) {
                throw new IllegalArgumentException("response has a Transfer-Encoding; expected Content-Length");
            }
        }
    }

    private void takeLengthByte(byte octet) {
        if (octet == ' ') {
            return;
        }
        if (!isDigit(octet) || ++lengthDigits > LENGTH_DIGITS_MAX) {
            throw new IllegalArgumentException("Content-Length is not a number of at most 15 digits");
        }
        bodyBytes = bodyBytes * 10 + octet - '0';
    }

    private static boolean isDigit(byte octet) {
        return octet >= '0' && octet <= '9';
    }

    private static int lower(byte octet) {
        return octet >= 'A' && octet <= 'Z' ? octet + ('a' - 'A') : octet;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
