package io.streamkeeper.server.http.request;

import org.jspecify.annotations.Nullable;

/**
 * A request without its body, checked by the decoder that created it. Only {@link #isHttp10} and {@link #keepAlive}
 * depend on the version of HTTP with which it arrived; the meaning of the request does not. Immutable.
 */
public interface RequestHead {
    /** Heap that the head occupies until its request is answered; the decoder has reserved it. */
    int memoryBytes();

    Method method();

    /** The method as received; the text of {@link Method#OTHER}. */
    String methodText();

    /** The target's path as received, percent-encoded; {@code *} for an {@code OPTIONS} of the server itself. */
    String path();

    /** The text after the question mark, as received; null if there is no question mark. */
    @Nullable
    String query();

    /** The host, and possibly the port, that the request names; null for none. Checked. */
    @Nullable
    String authority();

    /** The field's value without whitespace around it, as ISO-8859-1; null for an absent field. */
    @Nullable
    String header(HeaderName name);

    boolean has(HeaderName name);

    /**
     * Whether the field has this value, as ISO-8859-1 and in one line, compared in a time that does not depend on where
     * they differ.
     */
    boolean isField(HeaderName name, byte[] value);

    /** Whether the client uses version 1.0, which has no chunked responses. */
    boolean isHttp10();

    /** Whether the request has a stream of its own, whose end ends a body in each direction. */
    boolean isHttp2();

    /** Whether the connection stays open after the response (RFC 9112 section 9.3). */
    boolean keepAlive();
}
