package io.streamkeeper.server.http.decode;

import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Quoted;
import io.streamkeeper.protocol.RefusedException;

/**
 * The syntax of one field line (RFC 9112 section 5): a token, a colon directly after it, and a value without control
 * characters. Folded lines are refused.
 */
public final class FieldLine {
    private FieldLine() {}

    /**
     * Checks {@code bytes[start, end)}, a line without its CRLF, and changes its name to lower case in place.
     *
     * @return the index of the colon
     * @throws RefusedException with {@link ErrorCode#INVALID_REQUEST} if it is not a field line
     */
    static int check(byte[] bytes, int start, int end) {
        int colon = start;
        while (colon < end) {
            byte lower = Octets.tokenLower(bytes[colon]);
            if (lower == 0) {
                break;
            }
            bytes[colon++] = lower;
        }
        if (colon == start || colon == end || bytes[colon] != ':') {
            throw invalid(bytes, start, end, "a name of token characters with a colon directly after it");
        }
        for (int i = colon + 1; i < end; i++) {
            if (!Octets.isFieldValue(bytes[i])) {
                throw invalid(bytes, start, end, "a value without control characters");
            }
        }
        return colon;
    }

    /** Quotes the name only, because the value, and a line without a name, may be a secret. */
    private static RefusedException invalid(byte[] bytes, int start, int end, String expected) {
        int colon = start;
        while (colon < end && bytes[colon] != ':') {
            colon++;
        }
        String name = colon == end ? "" : Quoted.of(Octets.text(bytes, start, colon)) + " ";
        return new RefusedException(
                ErrorCode.INVALID_REQUEST, "field line " + name + "is not valid; expected " + expected);
    }
}
