package io.streamkeeper.server.http.decode;

import io.netty.channel.ChannelHandler;

/**
 * The handler that decodes requests: of a connection of HTTP/1.1, or of a stream of HTTP/2. The next handler receives
 * {@link io.streamkeeper.server.http.request.HttpRequest}, {@link
 * io.streamkeeper.server.http.request.ContinueExpected}, and at most one {@link
 * io.streamkeeper.server.http.request.MalformedRequest} as the last message. Used by the connection's event loop only.
 */
public sealed interface RequestSource extends ChannelHandler permits RequestDecoder, StreamRequestDecoder {
    /** Whether a request is incomplete; its own timeouts bound the time until it is complete. */
    boolean isInside();

    /** Whether there are bytes that were not decoded because no request might begin. */
    boolean holdsBytes();

    /**
     * Whether the arriving body waits for room or for the decision about its request: nothing more is read until then, and
     * {@link #resume} is not needed.
     */
    boolean awaitsRoom();

    /** Decodes the kept bytes; to be called when a request may begin again. */
    void resume();

    /** Called when the channel is read again after a pause. */
    void readsAgain();
}
