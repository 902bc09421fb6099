package io.streamkeeper.server.http.decode;

import io.netty.handler.codec.http2.Http2Headers;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.server.config.HttpLimits;
import io.streamkeeper.server.http.request.HeaderName;
import io.streamkeeper.server.http.request.Method;
import io.streamkeeper.server.http.request.RequestHead;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The head of a request of HTTP/2 (RFC 9113 section 8.3). It is written as the text that HTTP/1.1 has for it and read by
 * the same classes, line by line, so that both versions accept the same requests and no value can end its line.
 */
final class StreamHead implements RequestHead {
    private static final String VERSION = " HTTP/1.1";
    private static final String HOST = "host";

    private final Http1Head text;

    private StreamHead(Http1Head text) {
        this.text = text;
    }

    /**
     * Reads a head; null if it is malformed, so that its stream is reset.
     *
     * @throws RefusedException if the server does not accept it
     */
    static @Nullable StreamHead of(Http2Headers headers, HttpLimits limits, HeadRoom room) {
        CharSequence method = headers.method();
        CharSequence path = headers.path();
        CharSequence scheme = headers.scheme();
        if (method == null || path == null || scheme == null || !isVisible(method) || !isVisible(path)) {
            return null;
        }
        if (headers.contains(Http2Headers.PseudoHeaderName.PROTOCOL.value())) {
            // Only an extended CONNECT has it (RFC 8441), which the server does not announce.
            return null;
        }
        int line = method.length() + 1 + path.length();
        if (line + VERSION.length() > limits.requestLineBytesMax()) {
            throw new RefusedException(
                    ErrorCode.URI_TOO_LONG,
                    "the method and the path are too long; expected at most " + limits.requestLineBytesMax()
                            + " bytes");
        }
        int size = line + VERSION.length() + HOST.length() + 1 + length(headers.authority());
        for (Map.Entry<CharSequence, CharSequence> field : headers) {
            size += field.getKey().length() + 1 + field.getValue().length();
        }
        if (size > limits.requestLineBytesMax() + limits.headerBytesMax()) {
            throw new RefusedException(
                    ErrorCode.HEADERS_TOO_LARGE,
                    "the header fields are too large; expected at most " + limits.headerBytesMax() + " bytes together");
        }
        if (!room.tryTake((long) size + HeadRoom.REQUEST_BYTES)) {
            throw HeadRoom.exhausted();
        }
        return read(headers, method, path, new byte[size], limits.bodyBytesMax());
    }

    private static @Nullable StreamHead read(
            Http2Headers headers, CharSequence method, CharSequence path, byte[] bytes, int bodyBytesMax) {
        boolean isAsterisk = path.length() == 1 && path.charAt(0) == '*';
        if (path.charAt(0) != '/' && !isAsterisk) {
            return null;
        }
        int end = put(bytes, put(bytes, put(bytes, put(bytes, 0, method), " "), path), VERSION);
        HeadBuilder builder = new HeadBuilder(RequestLine.parse(bytes, 0, end));
        CharSequence authority = headers.authority();
        if (authority != null && authority.length() == 0) {
            return null;
        }
        if (authority == null && !headers.contains(HOST)) {
            throw new RefusedException(
                    ErrorCode.INVALID_REQUEST, "the request names no host; expected :authority, or the field host");
        }
        if (authority != null) {
            end = addField(builder, bytes, end, HOST, authority);
        }
        for (Map.Entry<CharSequence, CharSequence> field : headers) {
            CharSequence name = field.getKey();
            if (name.length() > 0 && name.charAt(0) == ':') {
                continue;
            }
            if (!isName(name)) {
                return null;
            }
            if (authority != null && HOST.contentEquals(name)) {
                if (!equal(authority, field.getValue())) {
                    return null;
                }
                continue;
            }
            end = addField(builder, bytes, end, name, field.getValue());
        }
        return new StreamHead(builder.build(bytes, bodyBytesMax));
    }

    private static boolean equal(CharSequence one, CharSequence other) {
        return one.toString().equalsIgnoreCase(other.toString());
    }

    private static int addField(HeadBuilder builder, byte[] bytes, int start, CharSequence name, CharSequence value) {
        int end = put(bytes, put(bytes, put(bytes, start, name), ":"), value);
        builder.addField(bytes, start, end);
        return end;
    }

    private static int put(byte[] bytes, int at, CharSequence text) {
        for (int i = 0; i < text.length(); i++) {
            bytes[at + i] = (byte) text.charAt(i);
        }
        return at + text.length();
    }

    private static int length(@Nullable CharSequence text) {
        return text == null ? 0 : text.length();
    }

    /** Whether no character would end a part of the request line, or is not ASCII. */
    private static boolean isVisible(CharSequence text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) <= ' ' || text.charAt(i) >= 0x7f) {
                return false;
            }
        }
        return text.length() > 0;
    }

    private static boolean isName(CharSequence name) {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c >= 0x80 || !Octets.isToken((byte) c) || (c >= 'A' && c <= 'Z')) {
                return false;
            }
        }
        return name.length() > 0;
    }

    // ---- the body ----

    /** Bytes of the body, or -1 if the head does not state them. */
    int contentLength() {
        return has(HeaderName.CONTENT_LENGTH) ? text.framing().contentLength() : -1;
    }

    /** Whether the client waits for a {@code 100 Continue}; another expectation was refused. */
    boolean continueExpected() {
        return has(HeaderName.EXPECT);
    }

    // ---- the request ----

    @Override
    public int memoryBytes() {
        return text.memoryBytes();
    }

    @Override
    public Method method() {
        return text.method();
    }

    @Override
    public String methodText() {
        return text.methodText();
    }

    @Override
    public String path() {
        return text.path();
    }

    @Override
    public @Nullable String query() {
        return text.query();
    }

    @Override
    public @Nullable String authority() {
        return text.authority();
    }

    @Override
    public @Nullable String header(HeaderName name) {
        return text.header(name);
    }

    @Override
    public boolean has(HeaderName name) {
        return text.has(name);
    }

    @Override
    public boolean isField(HeaderName name, byte[] value) {
        return text.isField(name, value);
    }

    @Override
    public boolean isHttp10() {
        return false;
    }

    @Override
    public boolean isHttp2() {
        return true;
    }

    /** A stream has one request. */
    @Override
    public boolean keepAlive() {
        return false;
    }
}
