package io.streamkeeper.server.http.request;

import org.jspecify.annotations.Nullable;

/**
 * A request without its body, checked by the decoder that made it. What a request means does not depend on the version
 * of HTTP that it arrived with: {@link #isHttp10} and {@link #keepAlive} alone concern the connection. Immutable.
 */
public interface RequestHead {
    /** Heap that the head occupies until its request is answered; the decoder has reserved it. */
    int memoryBytes();

    Method method();

    /** The method as it was received; the text of {@link Method#OTHER}. */
    String methodText();

    /** The target's path as it was received, percent-encoded; {@code *} for an {@code OPTIONS} of the server itself. */
    String path();

    /** What follows the question mark, as it was received; null where there is none. */
    @Nullable
    String query();

    /** The host, and perhaps a port, that the request names; null for none. Checked. */
    @Nullable
    String authority();

    /** The field's value without whitespace around it, as ISO-8859-1; null for a field that was not received. */
    @Nullable
    String header(HeaderName name);

    boolean has(HeaderName name);

    /** Whether the client speaks version 1.0, which has no chunked responses. */
    boolean isHttp10();

    /** Whether the connection stays open after the response (RFC 9112 section 9.3). */
    boolean keepAlive();
}
