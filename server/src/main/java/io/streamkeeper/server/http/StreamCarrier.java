package io.streamkeeper.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.util.AsciiString;
import io.netty.util.concurrent.Future;
import io.streamkeeper.server.http.decode.StreamRequestDecoder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A stream of HTTP/2: turns the head of its response, which arrives in the form of HTTP/1.1, and the bytes after it, into
 * frames. Owned by the connection's loop.
 *
 * <p>The last frame is held until it is known whether the response ends with it. The bytes of all frames count as unsent
 * until the socket accepts them, so also while the client gives no window for them.
 */
final class StreamCarrier extends ChannelOutboundHandlerAdapter implements Carrier {
    /** Bytes that a body may read in advance although the client allows fewer. */
    private static final int WINDOW_BYTES_MIN = 16 << 10;

    private static final int PART_BYTES = 64 << 10;

    private static final int STATUS_START = "HTTP/1.1 ".length();
    private static final int STATUS_END = STATUS_START + 3;
    private static final int FINAL_STATUS_MIN = 200;

    private final Http2Connection connection;
    private final Http2StreamChannel channel;
    private final StreamRequestDecoder decoder;
    private final List<ChannelPromise> marks = new ArrayList<>(1);
    private long unsentBytes;
    private boolean headWritten;
    private boolean ended;

    /** The last frame: a head or a part of the body, and its promise. */
    private @Nullable Http2Headers heldHead;

    private @Nullable ByteBuf heldBody;
    private @Nullable ChannelPromise heldPromise;

    StreamCarrier(Http2Connection connection, Http2StreamChannel channel, StreamRequestDecoder decoder) {
        this.connection = connection;
        this.channel = channel;
        this.decoder = decoder;
    }

    // ---- the window ----

    @Override
    public long unsentBytes() {
        return unsentBytes;
    }

    @Override
    public boolean hasWindow() {
        return connection.windowBytes(channel.stream()) > 0;
    }

    @Override
    public int windowBytes(int most) {
        return Math.min(most, Math.max(WINDOW_BYTES_MIN, connection.windowBytes(channel.stream())));
    }

    @Override
    public void flush(ConnectionOutput output) {
        connection.flushLater(this, output);
    }

    // ---- frames ----

    /** Writes bytes; a buffer without any is a mark, whose promise succeeds when everything before it is sent. */
    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        if (!(message instanceof ByteBuf bytes)) {
            ctx.write(message, promise);
        } else if (!bytes.isReadable()) {
            bytes.release();
            mark(promise);
        } else if (headWritten) {
            holdParts(ctx, bytes, promise);
        } else {
            writeHead(ctx, bytes, promise);
        }
    }

    private void mark(ChannelPromise promise) {
        if (unsentBytes == 0) {
            succeed(promise);
        } else {
            marks.add(promise);
        }
    }

    private static void succeed(ChannelPromise promise) {
        if (!promise.isVoid()) {
            promise.trySuccess();
        }
    }

    private void writeHead(ChannelHandlerContext ctx, ByteBuf bytes, ChannelPromise promise) {
        DefaultHttp2Headers head = new DefaultHttp2Headers(false);
        int status = readHead(bytes, head);
        headWritten = status >= FINAL_STATUS_MIN;
        if (bytes.isReadable()) {
            hold(ctx, head, null, ctx.newPromise());
            holdParts(ctx, bytes, promise);
        } else {
            bytes.release();
            hold(ctx, head, null, promise);
        }
        if (!headWritten) {
            writeHeld(ctx, false);
        }
    }

    /** Reads the status line and the fields, except those that only HTTP/1.1 has; returns the status. */
    private static int readHead(ByteBuf bytes, Http2Headers head) {
        int line = bytes.readerIndex();
        AsciiString code = text(bytes, line + STATUS_START, line + STATUS_END, false);
        head.status(code);
        int at = bytes.indexOf(line, bytes.writerIndex(), (byte) '\n') + 1;
        while (bytes.getByte(at) != '\r') {
            int end = bytes.indexOf(at, bytes.writerIndex(), (byte) '\r');
            int colon = bytes.indexOf(at, end, (byte) ':');
            AsciiString name = text(bytes, at, colon, true);
            if (!name.contentEquals("connection")) {
                head.add(name, text(bytes, colon + 2, end, false));
            }
            at = end + 2;
        }
        bytes.readerIndex(at + 2);
        return code.parseInt();
    }

    private static AsciiString text(ByteBuf bytes, int start, int end, boolean lower) {
        byte[] copy = new byte[end - start];
        bytes.getBytes(start, copy);
        AsciiString text = new AsciiString(copy, false);
        return lower ? text.toLowerCase() : text;
    }

    /** Holds bytes in parts, so that the count of unsent bytes falls while a long body is sent. */
    private void holdParts(ChannelHandlerContext ctx, ByteBuf bytes, ChannelPromise promise) {
        while (bytes.readableBytes() > PART_BYTES) {
            hold(ctx, null, bytes.readRetainedSlice(PART_BYTES), ctx.newPromise());
        }
        hold(ctx, null, bytes, promise);
    }

    private void hold(
            ChannelHandlerContext ctx, @Nullable Http2Headers head, @Nullable ByteBuf body, ChannelPromise promise) {
        writeHeld(ctx, false);
        unsentBytes += bytes(body);
        heldHead = head;
        heldBody = body == null ? null : unappendable(body);
        heldPromise = promise;
    }

    /**
     * The readable bytes as a buffer that nothing can be added to. The codec joins the waiting parts of a body: it adds
     * those that follow a composite buffer to that buffer, after all its bytes, also after those that are not readable.
     */
    private static ByteBuf unappendable(ByteBuf bytes) {
        return bytes instanceof CompositeByteBuf ? bytes.slice() : bytes;
    }

    private static int bytes(@Nullable ByteBuf body) {
        return body == null ? 0 : body.readableBytes();
    }

    private void writeHeld(ChannelHandlerContext ctx, boolean endsStream) {
        ChannelPromise promise = heldPromise;
        if (promise == null) {
            return;
        }
        Http2Headers head = heldHead;
        ByteBuf body = heldBody;
        heldPromise = null;
        heldHead = null;
        heldBody = null;
        int count = bytes(body);
        ChannelPromise written = ctx.newPromise().addListener(result -> sent(count, result, promise));
        if (head != null) {
            ctx.write(new DefaultHttp2HeadersFrame(head, endsStream), written);
        } else if (body != null) {
            ctx.write(new DefaultHttp2DataFrame(body, endsStream), written);
        }
    }

    private void sent(int count, Future<?> result, ChannelPromise promise) {
        unsentBytes -= count;
        if (result.isSuccess()) {
            if (count > 0) {
                connection.partSent(count);
            }
            succeed(promise);
        } else if (!promise.isVoid()) {
            promise.tryFailure(result.cause());
        }
        if (unsentBytes == 0 && !marks.isEmpty()) {
            List<ChannelPromise> reached = List.copyOf(marks);
            marks.clear();
            reached.forEach(StreamCarrier::succeed);
        }
    }

    /** Passes on the held frame, before the connection is flushed. */
    void writeHeld() {
        ChannelHandlerContext ctx = channel.pipeline().context(this);
        if (ctx != null) {
            writeHeld(ctx, false);
        }
    }

    @Override
    public void flush(ChannelHandlerContext ctx) {
        writeHeld(ctx, false);
        ctx.flush();
    }

    // ---- the end ----

    /**
     * Ends the stream. If the client has not sent its whole request, the stream is reset after the client has received the
     * whole response (RFC 9113 section 8.1). If there is no response, nothing was executed, and the reset says so.
     */
    @Override
    public void end(ChannelHandlerContext context) {
        ChannelHandlerContext ctx = channel.pipeline().context(this);
        if (ended || ctx == null) {
            return;
        }
        ended = true;
        if (!headWritten) {
            ctx.write(new DefaultHttp2ResetFrame(Http2Error.REFUSED_STREAM));
            ctx.close();
            return;
        }
        if (heldPromise == null) {
            hold(ctx, null, Unpooled.EMPTY_BUFFER, ctx.newPromise());
        }
        ChannelPromise last = heldPromise;
        if (!decoder.isWhole() && last != null) {
            ChannelPromise sent = last.isVoid() ? ctx.newPromise() : last;
            heldPromise = sent;
            sent.addListener(result -> stopClient(ctx));
        }
        writeHeld(ctx, true);
    }

    private void stopClient(ChannelHandlerContext ctx) {
        if (channel.isActive() && !decoder.isWhole()) {
            ctx.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.NO_ERROR));
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        if (heldBody != null) {
            heldBody.release();
            heldBody = null;
        }
    }
}
