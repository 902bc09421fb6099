package io.streamkeeper.server.http.decode;

import io.streamkeeper.server.http.request.HeaderName;
import io.streamkeeper.server.http.request.Method;
import io.streamkeeper.server.http.request.RequestHead;
import org.jspecify.annotations.Nullable;

/**
 * A request without its body, checked. The bytes of the head are kept as received, except that field names are in lower
 * case; texts are created from them when they are read.
 */
final class Http1Head implements RequestHead {
    private final byte[] bytes;
    private final RequestLine line;
    private final Fields fields;
    private final boolean keepAlive;
    private final BodyFraming framing;

    /** Owns {@code bytes}, to which the positions in {@code line} and {@code fields} refer. */
    Http1Head(byte[] bytes, RequestLine line, Fields fields, boolean keepAlive, BodyFraming framing) {
        this.bytes = bytes;
        this.line = line;
        this.fields = fields;
        this.keepAlive = keepAlive;
        this.framing = framing;
    }

    /** Bytes of its connection's {@link HeadRoom} that the request holds until it is answered. */
    @Override
    public int memoryBytes() {
        return bytes.length + HeadRoom.REQUEST_BYTES;
    }

    @Override
    public Method method() {
        return line.method();
    }

    @Override
    public String methodText() {
        return Octets.text(bytes, line.methodStart(), line.methodEnd());
    }

    /** The target's path as received, percent-encoded; {@code *} for an {@code OPTIONS} of the server itself. */
    @Override
    public String path() {
        return line.pathStart() == line.pathEnd() ? "/" : Octets.text(bytes, line.pathStart(), line.pathEnd());
    }

    /**
     * The host, and possibly the port, that the request names: in its target, or else in {@code Host}; null for none.
     */
    @Override
    public @Nullable String authority() {
        if (line.authorityStart() >= 0) {
            return Octets.text(bytes, line.authorityStart(), line.pathStart());
        }
        String host = header(HeaderName.HOST);
        return host == null || host.isEmpty() ? null : host;
    }

    /** The text after the question mark, as received; null if there is no question mark. */
    @Override
    public @Nullable String query() {
        return line.pathEnd() == line.targetEnd() ? null : Octets.text(bytes, line.pathEnd() + 1, line.targetEnd());
    }

    /** The field's value without whitespace around it, as ISO-8859-1; null for an absent field. */
    @Override
    public @Nullable String header(HeaderName name) {
        return fields.value(name, bytes);
    }

    @Override
    public boolean has(HeaderName name) {
        return fields.has(name);
    }

    @Override
    public boolean isField(HeaderName name, byte[] value) {
        return fields.isValue(name, bytes, value);
    }

    @Override
    public boolean isHttp10() {
        return line.minor() == 0;
    }

    @Override
    public boolean isHttp2() {
        return false;
    }

    /** Whether the connection stays open after the response (RFC 9112 section 9.3). */
    @Override
    public boolean keepAlive() {
        return keepAlive;
    }

    BodyFraming framing() {
        return framing;
    }
}
