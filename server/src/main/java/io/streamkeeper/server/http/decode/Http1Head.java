package io.streamkeeper.server.http.decode;

import io.streamkeeper.server.http.request.HeaderName;
import io.streamkeeper.server.http.request.Method;
import io.streamkeeper.server.http.request.RequestHead;
import org.jspecify.annotations.Nullable;

/**
 * A request without its body, checked. The head's bytes are kept as they came, but for the letter case of field names,
 * and texts are made of them when they are asked for.
 */
final class Http1Head implements RequestHead {
    private final byte[] bytes;
    private final RequestLine line;
    private final Fields fields;
    private final boolean keepAlive;
    private final BodyFraming framing;

    /** Takes over {@code bytes}, in which {@code line} and {@code fields} name places. */
    Http1Head(byte[] bytes, RequestLine line, Fields fields, boolean keepAlive, BodyFraming framing) {
        this.bytes = bytes;
        this.line = line;
        this.fields = fields;
        this.keepAlive = keepAlive;
        this.framing = framing;
    }

    /** What it takes of its connection's {@link HeadRoom} until it is answered. */
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

    /** The target's path as it came, percent-encoded; {@code *} for an {@code OPTIONS} of the server itself. */
    @Override
    public String path() {
        return line.pathStart() == line.pathEnd() ? "/" : Octets.text(bytes, line.pathStart(), line.pathEnd());
    }

    /** The host, and perhaps a port, that the request names: in its target, or else in {@code Host}; null for none. */
    @Override
    public @Nullable String authority() {
        if (line.authorityStart() >= 0) {
            return Octets.text(bytes, line.authorityStart(), line.pathStart());
        }
        String host = header(HeaderName.HOST);
        return host == null || host.isEmpty() ? null : host;
    }

    /** What follows the question mark, as it came; null where there is none. */
    @Override
    public @Nullable String query() {
        return line.pathEnd() == line.targetEnd() ? null : Octets.text(bytes, line.pathEnd() + 1, line.targetEnd());
    }

    /** The field's value without whitespace around it, as ISO-8859-1; null for a field that did not come. */
    @Override
    public @Nullable String header(HeaderName name) {
        return fields.value(name, bytes);
    }

    @Override
    public boolean has(HeaderName name) {
        return fields.has(name);
    }

    @Override
    public boolean isHttp10() {
        return line.minor() == 0;
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
