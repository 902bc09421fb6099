package io.streamkeeper.server.mount;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponseDecoder;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Decodes the bytes of Streamkeeper's responses to HTTP objects, which the codec of another server encodes again.
 * Bodies are slices of any length. One for each connection, used by its event loop only; it is not itself in a
 * pipeline.
 */
final class ResponseDecoder extends HttpResponseDecoder {
    private static final int HEAD_BYTES_MAX = 1 << 20;

    private final ChannelHandlerContext context;
    private final Supplier<HttpMethod> method;
    private final Consumer<HttpObject> out;
    private final List<Object> decoded = new ArrayList<>();

    /** Bytes that are not decoded yet, because the bytes after them have not arrived; null if there are none. */
    private @Nullable ByteBuf unread;

    /**
     * Decodes into {@code out}, which takes ownership of the objects.
     *
     * @param method returns the method of the request that the next response answers
     */
    ResponseDecoder(ChannelHandlerContext context, Supplier<HttpMethod> method, Consumer<HttpObject> out) {
        super(new HttpDecoderConfig()
                .setMaxInitialLineLength(HEAD_BYTES_MAX)
                .setMaxHeaderSize(HEAD_BYTES_MAX)
                .setMaxChunkSize(Integer.MAX_VALUE));
        this.context = context;
        this.method = method;
        this.out = out;
    }

    /** Decodes the readable bytes of {@code bytes}; the caller keeps ownership of the buffer. */
    void decode(ByteBuf bytes) throws Exception {
        ByteBuf in = bytes.retain();
        if (unread != null) {
            in = MERGE_CUMULATOR.cumulate(context.alloc(), unread, in);
            unread = null;
        }
        try {
            decodeAll(in);
        } finally {
            if (in.isReadable()) {
                unread = in;
            } else {
                in.release();
            }
        }
    }

    private void decodeAll(ByteBuf in) throws Exception {
        while (in.isReadable()) {
            int before = in.readableBytes();
            decode(context, in, decoded);
            if (decoded.isEmpty() && in.readableBytes() == before) {
                return;
            }
            for (Object object : decoded) {
                out.accept((HttpObject) object);
            }
            decoded.clear();
        }
    }

    @Override
    protected boolean isContentAlwaysEmpty(HttpMessage response) {
        return super.isContentAlwaysEmpty(response) || method.get().equals(HttpMethod.HEAD);
    }

    /** Releases its memory; nothing can be decoded afterwards. */
    void release() throws Exception {
        if (unread != null) {
            unread.release();
            unread = null;
        }
        handlerRemoved0(context);
    }
}
