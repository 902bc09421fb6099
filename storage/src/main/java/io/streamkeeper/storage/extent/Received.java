package io.streamkeeper.storage.extent;

import io.netty.buffer.ByteBuf;

/** Receives the result of a read, on the shard's loop. */
public interface Received {
    /** The bytes that were read; the receiver owns them. */
    void bytes(ByteBuf bytes);

    /** The bytes cannot be read. */
    void failed(Throwable reason);
}
