package io.streamkeeper.server.http.decode;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** Reads one request's body from any number of reads. Used by the connection's event loop only. */
public sealed interface BodyReader permits FixedBody, ChunkedBody {
    /**
     * Takes bytes of {@code in}; returns the whole body, owned by the caller, or null if it ends in a later read, or if
     * there is no room for all bytes of {@code in}.
     *
     * @throws io.streamkeeper.protocol.RefusedException if the bytes are not part of a body that the server accepts
     */
    @Nullable
    ByteBuf read(ByteBuf in);

    /** The buffer with the bytes received so far, which knows whether it waits for room. */
    BodyBuffer buffer();

    /** Releases a body that is incomplete. */
    void release();
}
