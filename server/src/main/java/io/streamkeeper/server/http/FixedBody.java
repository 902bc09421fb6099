package io.streamkeeper.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/** A body whose length was told. Used by the connection's event loop only. */
final class FixedBody implements BodyReader {
    private final BodyBuffer body;
    private final int length;

    /** {@code length} is greater than zero. */
    FixedBody(ByteBufAllocator allocator, int length) {
        this.body = new BodyBuffer(allocator, length, length);
        this.length = length;
    }

    @Override
    public @Nullable ByteBuf read(ByteBuf in) {
        int missing = length - body.size();
        if (in.readableBytes() >= missing) {
            body.takeRun(in, missing);
            return body.detach();
        }
        body.take(in, in.readableBytes());
        return null;
    }

    @Override
    public void release() {
        body.release();
    }
}
