package io.streamkeeper.server.http.decode;

import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Quoted;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.server.http.request.Method;

/**
 * The places of the parts of a request line (RFC 9112 section 3) within the head's bytes.
 *
 * <pre>
 *   POST /v1/stream/chat?a=b HTTP/1.1
 *   │   ││              │   │        minor 1
 *   │   │└ pathStart    │   └ targetEnd
 *   │   └ methodEnd     └ pathEnd; after it, if it is before targetEnd, "?" and the query
 *   └ methodStart
 * </pre>
 *
 * @param method the method that the text means
 * @param authorityStart where the host begins in a target such as {@code http://host/path}, which ends at the path; -1
 *     for a target that is a path
 * @param minor the version's second digit: 0, or 1 for that and any higher one (RFC 9110 section 2.5)
 */
public record RequestLine(
        Method method,
        int methodStart,
        int methodEnd,
        int authorityStart,
        int pathStart,
        int pathEnd,
        int targetEnd,
        int minor) {
    private static final int VERSION_LENGTH = "HTTP/1.1".length();
    private static final int METHOD_LENGTH_MAX = 24;

    /**
     * Reads {@code bytes[start, end)}, a line without its CRLF.
     *
     * @throws RefusedException with {@link ErrorCode#VERSION_NOT_SUPPORTED} for another version of HTTP, else with
     *     {@link ErrorCode#INVALID_REQUEST}
     */
    static RequestLine parse(byte[] bytes, int start, int end) {
        int methodEnd = start;
        while (methodEnd < end && Octets.isToken(bytes[methodEnd])) {
            methodEnd++;
        }
        int length = methodEnd - start;
        if (length == 0 || length > METHOD_LENGTH_MAX || methodEnd == end || bytes[methodEnd] != Octets.SPACE) {
            throw invalid(bytes, start, end, "a method of 1 to " + METHOD_LENGTH_MAX + " token characters and a space");
        }
        int targetEnd = methodEnd + 1;
        while (targetEnd < end && Octets.isVisible(bytes[targetEnd]) && bytes[targetEnd] != '#') {
            targetEnd++;
        }
        if (targetEnd == end || bytes[targetEnd] != Octets.SPACE) {
            throw invalid(bytes, start, end, "a target of visible ASCII without a fragment, and a space");
        }
        int minor = minorVersion(bytes, start, targetEnd + 1, end);
        Method method = method(bytes, start, methodEnd);
        return target(method, bytes, start, methodEnd, targetEnd, minor, end);
    }

    private static int minorVersion(byte[] bytes, int lineStart, int start, int end) {
        boolean version = end - start == VERSION_LENGTH
                && bytes[start] == 'H'
                && bytes[start + 1] == 'T'
                && bytes[start + 2] == 'T'
                && bytes[start + 3] == 'P'
                && bytes[start + 4] == '/'
                && Octets.isDigit(bytes[start + 5])
                && bytes[start + 6] == '.'
                && Octets.isDigit(bytes[start + 7]);
        if (!version) {
            throw invalid(bytes, lineStart, end, "HTTP/1.1 or HTTP/1.0 at its end");
        }
        if (bytes[start + 5] != '1') {
            String text = Octets.text(bytes, start, end);
            throw new RefusedException(
                    ErrorCode.VERSION_NOT_SUPPORTED, "version " + text + " is not supported; expected HTTP/1.1");
        }
        return bytes[start + 7] == '0' ? 0 : 1;
    }

    /** The method with the name {@code bytes[start, end)}; letter case counts (RFC 9110 section 9.1). */
    private static Method method(byte[] bytes, int start, int end) {
        Method candidate = switch (end - start) {
            case 3 -> bytes[start] == 'G' ? Method.GET : Method.PUT;
            case 4 -> bytes[start] == 'P' ? Method.POST : Method.HEAD;
            case 5 -> Method.PATCH;
            case 6 -> Method.DELETE;
            case 7 -> Method.OPTIONS;
            default -> Method.OTHER;
        };
        return Octets.equals(bytes, start, end, candidate.name()) ? candidate : Method.OTHER;
    }

    private static RequestLine target(
            Method method, byte[] bytes, int start, int methodEnd, int targetEnd, int minor, int end) {
        int targetStart = methodEnd + 1;
        int pathStart = targetStart;
        int authority = -1;
        boolean asterisk = targetEnd - targetStart == 1 && bytes[targetStart] == '*' && method == Method.OPTIONS;
        if (!asterisk && (targetStart == targetEnd || bytes[targetStart] != '/')) {
            authority = authorityStart(bytes, targetStart, targetEnd);
            pathStart = authorityEnd(bytes, start, authority, targetEnd, end);
        }
        int pathEnd = pathStart;
        while (pathEnd < targetEnd && bytes[pathEnd] != '?') {
            pathEnd++;
        }
        return new RequestLine(method, start, methodEnd, authority, pathStart, pathEnd, targetEnd, minor);
    }

    /** Where the path of an absolute-form target begins. */
    private static int authorityEnd(byte[] bytes, int lineStart, int authority, int targetEnd, int lineEnd) {
        int end = Math.max(authority, lineStart);
        while (end < targetEnd && bytes[end] != '/' && bytes[end] != '?') {
            end++;
        }
        if (authority < 0 || end == authority || !Authority.isValid(bytes, authority, end)) {
            throw invalid(bytes, lineStart, lineEnd, "a target that begins with / or with http:// and a host");
        }
        return end;
    }

    /** The index after {@code http://} or {@code https://}, or -1 if the target has neither. */
    private static int authorityStart(byte[] bytes, int start, int end) {
        int colon = start;
        while (colon < end && bytes[colon] != ':') {
            colon++;
        }
        boolean known = Octets.equalsIgnoreCase(bytes, start, colon, "http")
                || Octets.equalsIgnoreCase(bytes, start, colon, "https");
        boolean slashes = colon + 2 < end && bytes[colon + 1] == '/' && bytes[colon + 2] == '/';
        return known && slashes ? colon + 3 : -1;
    }

    /** Quotes the line without the query, which may contain a signature. */
    private static RefusedException invalid(byte[] bytes, int start, int end, String expected) {
        int query = start;
        while (query < end && bytes[query] != '?') {
            query++;
        }
        String line = Octets.text(bytes, start, query);
        return new RefusedException(
                ErrorCode.INVALID_REQUEST, "request line " + Quoted.of(line) + " is not valid; expected " + expected);
    }
}
