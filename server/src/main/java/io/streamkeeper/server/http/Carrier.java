package io.streamkeeper.server.http;

import io.netty.channel.ChannelHandlerContext;

/**
 * What carries the responses of a {@link ConnectionHandler} to the client: the socket of a connection of HTTP/1.1, or a
 * stream of HTTP/2, which shares its socket with others. Owned by the connection's loop.
 */
interface Carrier {
    /** Bytes that were written and that the socket has not accepted. */
    long unsentBytes();

    /** Whether the client allows at least one more byte of a body. */
    boolean hasWindow();

    /** The bytes of a body to read in advance: {@code most}, or fewer if the client allows fewer. */
    int windowBytes(int most);

    /** Flushes what {@code output} has written, now or at the end of the turn; {@link ConnectionOutput#settle} follows. */
    void flush(ConnectionOutput output);

    /** Ends the connection or the stream after everything written so far. */
    void end(ChannelHandlerContext context);
}
