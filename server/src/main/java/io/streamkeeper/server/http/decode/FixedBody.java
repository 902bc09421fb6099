package io.streamkeeper.server.http.decode;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** A body with a Content-Length. Used by the connection's event loop only. */
final class FixedBody implements BodyReader {
    private final BodyBuffer body;
    private final int length;

    /** {@code length} is greater than zero. */
    FixedBody(BodyRoom room, int length) {
        this.body = new BodyBuffer(room, length);
        this.length = length;
    }

    @Override
    public @Nullable ByteBuf read(ByteBuf in) {
        int missing = length - body.size();
        if (in.readableBytes() >= missing) {
            body.takeRun(in, missing);
        } else {
            body.take(in, in.readableBytes());
        }
        return body.size() == length ? body.detach() : null;
    }

    @Override
    public BodyBuffer buffer() {
        return body;
    }

    @Override
    public void release() {
        body.release();
    }
}
