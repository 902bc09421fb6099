package io.streamkeeper.server.http.request;

import io.netty.buffer.ByteBuf;
import io.streamkeeper.protocol.Body;
import io.streamkeeper.server.http.decode.HeadRoom;
import io.streamkeeper.server.http.parse.RequestParser;
import org.jspecify.annotations.Nullable;

/**
 * One whole request. It owns its body until {@link RequestParser} takes it over; a class that drops a request before
 * that releases it, once.
 */
public final class HttpRequest {
    private final RequestHead head;
    private final ByteBuf body;
    private final @Nullable Body split;

    /** Takes over {@code body}. */
    public HttpRequest(RequestHead head, ByteBuf body) {
        this.head = head;
        this.body = body;
        this.split = null;
    }

    private HttpRequest(RequestHead head, Body split) {
        this.head = head;
        this.body = split.bytes();
        this.split = split;
    }

    /** The same request with its body split, which is taken over. */
    public HttpRequest withBody(Body newSplit) {
        return new HttpRequest(head, newSplit);
    }

    /** What its head takes of its connection's {@link HeadRoom} until it is answered. */
    public int headMemoryBytes() {
        return head.memoryBytes();
    }

    public Method method() {
        return head.method();
    }

    /** The method as it came; what {@link Method#OTHER} stands for. */
    public String methodText() {
        return head.methodText();
    }

    /** The target's path as it came, percent-encoded; {@code *} for an {@code OPTIONS} of the server itself. */
    public String path() {
        return head.path();
    }

    /** The host, and perhaps a port, that the request names; null for none. Checked. */
    @Nullable
    public String authority() {
        return head.authority();
    }

    /** What follows the question mark, as it came; null where there is none. */
    @Nullable
    public String query() {
        return head.query();
    }

    /** The field's value without whitespace around it, as ISO-8859-1; null for a field that did not come. */
    @Nullable
    public String header(HeaderName name) {
        return head.header(name);
    }

    public boolean has(HeaderName name) {
        return head.has(name);
    }

    /** Whether a version 1.0 client asked: it knows no chunked responses. */
    public boolean isHttp10() {
        return head.isHttp10();
    }

    /** Whether the connection stays open after the response (RFC 9112 section 9.3). */
    public boolean keepAlive() {
        return head.keepAlive();
    }

    /** The body without transfer coding; empty where there is none. */
    public ByteBuf body() {
        return body;
    }

    /** The body as it was split before the request is parsed; null where that is not done. */
    @Nullable
    public Body split() {
        return split;
    }

    public void release() {
        if (split != null) {
            split.release();
        } else {
            body.release();
        }
    }
}
