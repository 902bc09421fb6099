package io.streamkeeper.server.http.request;

import io.netty.buffer.ByteBuf;
import io.streamkeeper.protocol.Body;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.server.http.decode.HeadRoom;
import io.streamkeeper.server.http.parse.RequestParser;
import org.jspecify.annotations.Nullable;

/**
 * One complete request. Used by the loop of its connection only. It owns its body until {@link RequestParser} takes the body; a class that drops a request
 * before that releases it, once.
 */
public final class HttpRequest {
    private final RequestHead head;
    private final ByteBuf body;
    private final @Nullable Body split;
    private long bodyNanos;
    private long bodyMemoryNanos;
    private @Nullable String path;
    private @Nullable StreamPath streamPath;

    /** A request that owns {@code body}. */
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

    /** The same request with its body split; it owns {@code newSplit}. */
    public HttpRequest withBody(Body newSplit) {
        HttpRequest same = new HttpRequest(head, newSplit);
        same.path = path;
        same.streamPath = streamPath;
        return same;
    }

    /** Bytes of its connection's {@link HeadRoom} that its head holds until it is answered. */
    public int headMemoryBytes() {
        return head.memoryBytes();
    }

    public Method method() {
        return head.method();
    }

    /** The method as received; the text of {@link Method#OTHER}. */
    public String methodText() {
        return head.methodText();
    }

    /** The target's path as received, percent-encoded; {@code *} for an {@code OPTIONS} of the server itself. */
    public String path() {
        String known = path;
        if (known == null) {
            known = head.path();
            path = known;
        }
        return known;
    }

    /**
     * The path of the stream, decoded once for all who use it, so that they mean the same stream.
     *
     * @param root what {@link #path} begins with
     * @throws RefusedException if it is not the path of a stream
     */
    public StreamPath streamPath(String root) {
        StreamPath known = streamPath;
        if (known == null) {
            known = StreamPath.parse(path().substring(root.length()));
            streamPath = known;
        }
        return known;
    }

    /** The host, and possibly the port, that the request names; null for none. Checked. */
    @Nullable
    public String authority() {
        return head.authority();
    }

    /** The text after the question mark, as received; null if there is no question mark. */
    @Nullable
    public String query() {
        return head.query();
    }

    /** The field's value without whitespace around it, as ISO-8859-1; null for an absent field. */
    @Nullable
    public String header(HeaderName name) {
        return head.header(name);
    }

    public boolean has(HeaderName name) {
        return head.has(name);
    }

    /** Whether the field has this value, compared in a time that does not depend on where they differ. */
    public boolean isField(HeaderName name, byte[] value) {
        return head.isField(name, value);
    }

    /** Whether the client uses version 1.0, which has no chunked responses. */
    public boolean isHttp10() {
        return head.isHttp10();
    }

    /** Whether the request has a stream of its own, whose end ends a body in each direction. */
    public boolean isHttp2() {
        return head.isHttp2();
    }

    /** Whether the connection stays open after the response (RFC 9112 section 9.3). */
    public boolean keepAlive() {
        return head.keepAlive();
    }

    /** The body without transfer coding; empty if the request has none. */
    public ByteBuf body() {
        return body;
    }

    /** The body, if it was split before the request is parsed; else null. */
    @Nullable
    public Body split() {
        return split;
    }

    /**
     * The body has arrived after the head.
     *
     * @param nanos that this took
     * @param memoryNanos of these, the time in which there was no memory for it
     */
    public HttpRequest bodyArrivedIn(long nanos, long memoryNanos) {
        bodyNanos = nanos;
        bodyMemoryNanos = memoryNanos;
        return this;
    }

    /** How long the rest of the body took to arrive; 0 if it came with the head. */
    public long bodyNanos() {
        return bodyNanos;
    }

    /** How long of this there was no memory for the body. */
    public long bodyMemoryNanos() {
        return bodyMemoryNanos;
    }

    public void release() {
        if (split != null) {
            split.release();
        } else {
            body.release();
        }
    }
}
