package io.streamkeeper.storage.memory;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/** Joins runs of bytes for one answer. */
public final class Buffers {
    /** No bytes. */
    public static final ByteBuf NONE = Unpooled.EMPTY_BUFFER;

    private Buffers() {}

    /** Both, one after the other, without a copy; takes both over. */
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
