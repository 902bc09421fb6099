package io.streamkeeper.storage.memory;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/** Joins runs of bytes for one response. */
public final class Buffers {
    /** No bytes. */
    public static final ByteBuf NONE = Unpooled.EMPTY_BUFFER;

    private Buffers() {}

    /** Joins both, in order and without a copy; takes ownership of both. */
    public static ByteBuf join(ByteBuf first, ByteBuf second) {
        if (!first.isReadable()) {
            first.release();
            return second;
        }
        if (!second.isReadable()) {
            second.release();
            return first;
        }
        return Unpooled.compositeBuffer().addComponents(true, first, second);
    }
}
