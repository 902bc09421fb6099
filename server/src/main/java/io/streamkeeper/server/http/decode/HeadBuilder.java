package io.streamkeeper.server.http.decode;

import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Quoted;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.server.http.request.HeaderName;

/** One request's head while its fields arrive. Used by the connection's event loop only. */
public final class HeadBuilder {
    private final RequestLine line;
    private final Fields fields = new Fields();
    private boolean closeAsked;
    private boolean keepAliveAsked;

    HeadBuilder(RequestLine line) {
        this.line = line;
    }

    /**
     * Adds the field line {@code bytes[start, end)}, without its CRLF.
     *
     * @throws RefusedException if it is not a field line, or repeats a field that may occur only once
     */
    void addField(byte[] bytes, int start, int end) {
        int colon = FieldLine.check(bytes, start, end);
        HeaderName name = HeaderName.of(bytes, start, colon);
        if (name == null) {
            return;
        }
        int valueStart = colon + 1;
        int valueEnd = end;
        while (valueStart < valueEnd && Octets.isWhitespace(bytes[valueStart])) {
            valueStart++;
        }
        while (valueStart < valueEnd && Octets.isWhitespace(bytes[valueEnd - 1])) {
            valueEnd--;
        }
        fields.put(name, bytes, valueStart, valueEnd);
        if (name == HeaderName.CONNECTION) {
            addConnectionOptions(bytes, valueStart, valueEnd);
        }
    }

    private void addConnectionOptions(byte[] bytes, int start, int end) {
        int from = start;
        for (int i = start; i <= end; i++) {
            if (i == end || bytes[i] == ',' || Octets.isWhitespace(bytes[i])) {
                closeAsked |= Octets.equalsIgnoreCase(bytes, from, i, "close");
                keepAliveAsked |= Octets.equalsIgnoreCase(bytes, from, i, "keep-alive");
                from = i + 1;
            }
        }
    }

    /**
     * Ends the head, whose lines are all in {@code bytes}; the head owns that array from then on.
     *
     * @throws RefusedException if the fields contradict each other, or the body is larger than {@code bodyBytesMax}
     */
    Http1Head build(byte[] bytes, int bodyBytesMax) {
        checkHost(bytes);
        BodyFraming framing = BodyFraming.of(bytes, fields, line.minor(), bodyBytesMax);
        boolean keepAlive = !closeAsked && (line.minor() == 1 || keepAliveAsked);
        return new Http1Head(bytes, line, fields, keepAlive, framing);
    }

    private void checkHost(byte[] bytes) {
        if (!fields.has(HeaderName.HOST)) {
            if (line.minor() == 1) {
                throw invalid("the field host is missing; HTTP/1.1 requires it");
            }
            return;
        }
        int start = fields.start(HeaderName.HOST);
        int end = fields.end(HeaderName.HOST);
        // The field is empty if the client's own URL has no host (RFC 9110 section 7.2).
        if (start < end && !Authority.isValid(bytes, start, end)) {
            throw invalid("host " + Quoted.of(Octets.text(bytes, start, end))
                    + " is not valid; expected a name or an address, and perhaps a port");
        }
    }

    private static RefusedException invalid(String message) {
        return new RefusedException(ErrorCode.INVALID_REQUEST, message);
    }
}
