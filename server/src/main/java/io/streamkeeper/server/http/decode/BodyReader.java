package io.streamkeeper.server.http.decode;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** Reads one request's body out of however many reads it comes in. Used by the connection's event loop only. */
public sealed interface BodyReader permits FixedBody, ChunkedBody {
    /**
     * Takes bytes of {@code in}; returns the whole body, which is the caller's to release, or null where it ends in a
     * later read, or where there is no room for all that {@code in} holds.
     *
     * @throws io.streamkeeper.protocol.RefusedException if what came cannot become a body that the server takes
     */
    @Nullable
    ByteBuf read(ByteBuf in);

    /** What it has so far, and whether it waits for room. */
    BodyBuffer buffer();

    /** Gives up a body that is not whole. */
    void release();
}
