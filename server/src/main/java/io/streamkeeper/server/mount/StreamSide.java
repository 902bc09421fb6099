package io.streamkeeper.server.mount;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/**
 * Streamkeeper's side of one foreign connection: passes requests to a {@link MountedChannel} and writes its responses.
 * Used by the connection's event loop only.
 *
 * <p>The channel is created with the first request. If it closes while it owes no response (it was idle, or
 * Streamkeeper stops), it is discarded, and the next request creates another; if it closes while it owes a response,
 * the foreign connection ends too. The inner pipeline detects a client that reads nothing for too long by the bytes
 * that it cannot write; for bytes that the foreign channel has already accepted, the foreign server is responsible.
 */
final class StreamSide implements MountedChannel.Outside {
    private final ChannelHandlerContext context;
    private final ChannelHandler initializer;
    private final ForeignConnection connection;
    private final ResponseOrder order;
    private final RequestEncoder encoder;
    private final ResponseDecoder decoder;
    private @Nullable MountedChannel channel;
    private boolean received;

    // The response that is being written.
    private boolean interim;
    private boolean begun;
    private boolean endsByClosing;
    private boolean closes;

    StreamSide(
            ChannelHandlerContext context,
            ChannelHandler initializer,
            ForeignConnection connection,
            ResponseOrder order) {
        this.context = context;
        this.initializer = initializer;
        this.connection = connection;
        this.order = order;
        this.encoder = new RequestEncoder(context.alloc(), this::receive);
        this.decoder = new ResponseDecoder(context, order::first, this::respond);
    }

    // ---- requests ----

    /** Takes ownership of the next part of a request. */
    void give(HttpObject part) {
        if (channel == null && part instanceof HttpRequest) {
            open();
        }
        try {
            encoder.encode(part);
        } catch (RuntimeException e) {
            fail(e);
        } finally {
            ReferenceCountUtil.release(part);
        }
    }

    private void open() {
        MountedChannel opened = new MountedChannel(context.channel(), this);
        channel = opened;
        opened.pipeline().addLast(initializer);
        context.channel().eventLoop().register(opened);
    }

    private void fail(RuntimeException fault) {
        if (channel != null) {
            channel.pipeline().fireExceptionCaught(fault);
        }
    }

    /** Passes bytes to the channel, which may have closed after any earlier byte, or right after its creation. */
    private void receive(ByteBuf bytes) {
        if (channel == null) {
            bytes.release();
        } else {
            received = true;
            channel.pipeline().fireChannelRead(bytes);
        }
    }

    /** No more input arrives in the current read. */
    void readComplete() {
        if (received && channel != null) {
            received = false;
            channel.pipeline().fireChannelReadComplete();
        }
    }

    /** No more requests arrive. */
    void inputEnded() {
        if (channel != null) {
            channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        }
    }

    /** Whether the channel accepts no more input for now. */
    boolean isBusy() {
        return channel != null && !channel.config().isAutoRead();
    }

    @Override
    public void wantsMore() {
        connection.readingMayChange();
    }

    // ---- responses ----

    @Override
    public boolean isWritable() {
        return context.channel().isWritable();
    }

    /** The foreign channel has become writable or unwritable. */
    void writabilityChanged() {
        if (channel != null && isWritable()) {
            channel.flushOn();
        }
    }

    @Override
    public void write(ByteBuf bytes) throws Exception {
        decoder.decode(bytes);
    }

    private void respond(HttpObject part) {
        if (part.decoderResult().isFailure()) {
            ReferenceCountUtil.release(part);
            throw new IllegalStateException(
                    "a response cannot be read", part.decoderResult().cause());
        }
        if (part instanceof HttpResponse response) {
            begin(response);
        }
        context.write(part);
        if (part instanceof LastHttpContent) {
            responseEnded();
        }
    }

    private void begin(HttpResponse response) {
        interim = response.status().codeClass() == HttpStatusClass.INFORMATIONAL;
        if (!interim) {
            begun = true;
            endsByClosing = !HttpUtil.isTransferEncodingChunked(response) && !HttpUtil.isContentLengthSet(response);
            closes = response.headers().containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE, true);
        }
    }

    private void responseEnded() {
        if (interim) {
            return;
        }
        begun = false;
        if (closes) {
            connection.end();
        } else {
            connection.answered();
        }
    }

    @Override
    public void flush() {
        context.flush();
    }

    // ---- closing ----

    @Override
    public void closed() {
        channel = null;
        if (!connection.isShared() || !order.owes(Side.STREAMS)) {
            connection.readingMayChange();
            return;
        }
        if (begun && !endsByClosing) {
            connection.breakOff();
            return;
        }
        context.write(begun ? LastHttpContent.EMPTY_LAST_CONTENT : Unavailable.response(order.first()));
        connection.end();
    }

    /** Closes the channel, because no response is needed any more. */
    void close() {
        if (channel != null) {
            channel.close();
        }
    }

    /** Releases everything; called once. */
    void release() throws Exception {
        close();
        decoder.release();
    }
}
