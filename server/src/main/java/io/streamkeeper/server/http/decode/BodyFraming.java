package io.streamkeeper.server.http.decode;

import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Quoted;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.server.http.request.HeaderName;

/**
 * The length of a request's body (RFC 9112 section 6), and whether the client waits for a {@code 100 Continue} before
 * it sends the body. Stricter than the RFC: framing that two parties could interpret differently is refused.
 *
 * @param contentLength bytes of the body, or -1 for a chunked one
 * @param continueExpected whether the client waits; false for a request without a body
 */
public record BodyFraming(int contentLength, boolean continueExpected) {
    private static final BodyFraming NONE = new BodyFraming(0, false);
    private static final int CHUNKED = -1;

    /** More digits may not fit a {@code long}. */
    private static final int LENGTH_DIGITS_MAX = 18;

    /**
     * Reads the framing from a head's fields.
     *
     * @param minor the version's second digit
     * @throws RefusedException if the length is ambiguous or not valid, or the body is larger than {@code bodyBytesMax}
     */
    static BodyFraming of(byte[] bytes, Fields fields, int minor, int bodyBytesMax) {
        boolean expect = continueExpected(bytes, fields, minor);
        if (fields.has(HeaderName.TRANSFER_ENCODING)) {
            checkChunked(bytes, fields, minor);
            return new BodyFraming(CHUNKED, expect);
        }
        if (!fields.has(HeaderName.CONTENT_LENGTH)) {
            return NONE;
        }
        int length = contentLength(bytes, fields, bodyBytesMax);
        return length == 0 ? NONE : new BodyFraming(length, expect);
    }

    private static boolean continueExpected(byte[] bytes, Fields fields, int minor) {
        if (!fields.has(HeaderName.EXPECT) || minor == 0) {
            return false;
        }
        int start = fields.start(HeaderName.EXPECT);
        int end = fields.end(HeaderName.EXPECT);
        if (!Octets.equalsIgnoreCase(bytes, start, end, "100-continue")) {
            throw new RefusedException(
                    ErrorCode.EXPECTATION_FAILED,
                    "expectation " + Quoted.of(Octets.text(bytes, start, end))
                            + " cannot be met; expected 100-continue");
        }
        return true;
    }

    private static void checkChunked(byte[] bytes, Fields fields, int minor) {
        int start = fields.start(HeaderName.TRANSFER_ENCODING);
        int end = fields.end(HeaderName.TRANSFER_ENCODING);
        if (fields.has(HeaderName.CONTENT_LENGTH)) {
            throw invalid("Transfer-Encoding and Content-Length came together; expected one of them");
        }
        if (minor == 0) {
            throw invalid("Transfer-Encoding came with HTTP/1.0; expected Content-Length");
        }
        if (!Octets.equalsIgnoreCase(bytes, start, end, "chunked")) {
            throw new RefusedException(
                    ErrorCode.NOT_IMPLEMENTED,
                    "transfer coding " + Quoted.of(Octets.text(bytes, start, end))
                            + " is not implemented; expected chunked");
        }
    }

    private static int contentLength(byte[] bytes, Fields fields, int bodyBytesMax) {
        int start = fields.start(HeaderName.CONTENT_LENGTH);
        int end = fields.end(HeaderName.CONTENT_LENGTH);
        long length = 0;
        boolean digits = start < end && end - start <= LENGTH_DIGITS_MAX;
        for (int i = start; i < end && digits; i++) {
            int digit = bytes[i] - '0';
            digits = digit >= 0 && digit <= 9;
            length = length * 10 + digit;
        }
        if (!digits) {
            throw invalid("Content-Length " + Quoted.of(Octets.text(bytes, start, end))
                    + " is not valid; expected 1 to " + LENGTH_DIGITS_MAX + " decimal digits");
        }
        if (length > bodyBytesMax) {
            throw tooLarge(length, bodyBytesMax);
        }
        return (int) length;
    }

    /** The refusal of a body that has {@code length} bytes or more. */
    static RefusedException tooLarge(long length, int bodyBytesMax) {
        return new RefusedException(
                ErrorCode.BODY_TOO_LARGE,
                "a body of " + length + " bytes or more is too large; expected at most " + bodyBytesMax);
    }

    private static RefusedException invalid(String message) {
        return new RefusedException(ErrorCode.INVALID_REQUEST, message);
    }

    boolean isChunked() {
        return contentLength == CHUNKED;
    }
}
