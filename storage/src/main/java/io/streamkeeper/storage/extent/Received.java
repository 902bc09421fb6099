package io.streamkeeper.storage.extent;

import io.netty.buffer.ByteBuf;

/** Takes bytes that were read, on the shard's loop. */
public interface Received {
    /** The bytes, which are handed over. */
    void bytes(ByteBuf bytes);

    /** They cannot be read. */
    void failed(Throwable reason);
}
