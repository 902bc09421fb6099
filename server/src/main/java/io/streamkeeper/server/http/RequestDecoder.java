package io.streamkeeper.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.server.config.HttpLimits;
import java.util.ArrayDeque;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes requests of a connection's bytes: HTTP/1.1 and 1.0, pipelined, whatever the reads cut them into. It is strict where
 * leniency lets requests be smuggled. One for each connection, used by its event loop only.
 *
 * <p>What goes on to the next handler, in order: {@link HttpRequest}, {@link ContinueExpected}, and as the last of all
 * perhaps one {@link MalformedRequest}. Whoever receives a request owns it.
 *
 * <p>Before each request the decoder asks whether it may begin one. If not, it keeps the bytes that were already read until
 * {@link #resume}; that no more are read meanwhile is for the next handler to see to ({@code autoRead}).
 */
final class RequestDecoder extends ChannelInboundHandlerAdapter {
    private final HttpLimits limits;
    private final BooleanSupplier mayBegin;
    private final HeadParser heads;

    /** Bytes not decoded yet; the first buffer perhaps in part. */
    private final ArrayDeque<ByteBuf> unread = new ArrayDeque<>(2);

    private final ReadDeadline deadline;
    private boolean decoding;
    private boolean ended;

    /** The request whose body is being read. */
    private @Nullable Pending pending;

    private @Nullable ChannelHandlerContext context;

    private record Pending(RequestHead head, BodyReader body) {}

    RequestDecoder(HttpLimits limits, BooleanSupplier mayBegin) {
        this.limits = limits;
        this.mayBegin = mayBegin;
        this.heads = new HeadParser(limits);
        this.deadline = new ReadDeadline(limits, this::timeOut);
    }

    /** Whether bytes are kept that were not decoded because no request might begin. */
    boolean holdsBytes() {
        return !decoding && !unread.isEmpty();
    }

    /**
     * Decodes the kept bytes; to be called when a request may begin again. The messages are followed by a {@code
     * channelReadComplete}, as those of a read are.
     */
    void resume() {
        ChannelHandlerContext ctx = context;
        if (ctx != null && holdsBytes()) {
            deadline.restart(ctx);
            decode(ctx);
            ctx.fireChannelReadComplete();
        }
    }

    /** The channel is read again after a time in which it was not. */
    void readsAgain() {
        if (context != null) {
            deadline.restart(context);
        }
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        if (ctx.channel().isActive()) {
            deadline.awaitHead(ctx);
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        deadline.awaitHead(ctx);
        ctx.fireChannelActive();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        unread.add((ByteBuf) message);
        decode(ctx);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        end();
        ctx.fireChannelInactive();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        end();
        context = null;
    }

    private void decode(ChannelHandlerContext ctx) {
        if (decoding) {
            return;
        }
        decoding = true;
        try {
            while (!ended && !unread.isEmpty() && decodeFirst(ctx, unread.element())) {
                unread.remove().release();
            }
        } catch (RefusedException e) {
            refuse(ctx, e.refusal());
        } finally {
            decoding = false;
        }
        if (ended) {
            releaseAll();
        } else if (pending != null) {
            deadline.awaitBody(ctx);
        } else if (heads.hasBegun()) {
            deadline.awaitHead(ctx);
        }
    }

    /** Decodes what {@code in} holds; returns false if a part of it has to stay. */
    private boolean decodeFirst(ChannelHandlerContext ctx, ByteBuf in) {
        while (!ended && in.isReadable()) {
            if (pending != null) {
                readBody(ctx, in, pending);
            } else if (heads.hasBegun() || (ctx.channel().isActive() && mayBegin.getAsBoolean())) {
                readHead(ctx, in);
            } else {
                return false;
            }
        }
        return !ended;
    }

    private void readHead(ChannelHandlerContext ctx, ByteBuf in) {
        RequestHead head = heads.read(in);
        if (head == null) {
            return;
        }
        deadline.awaitNothing();
        int length = head.framing().contentLength();
        if (length == 0) {
            ctx.fireChannelRead(new HttpRequest(head, Unpooled.EMPTY_BUFFER));
        } else if (length > 0 && length <= in.readableBytes()) {
            ctx.fireChannelRead(new HttpRequest(head, in.readRetainedSlice(length)));
        } else {
            beginBody(ctx, head, in.isReadable());
        }
    }

    private void beginBody(ChannelHandlerContext ctx, RequestHead head, boolean bodyHasCome) {
        BodyFraming framing = head.framing();
        BodyReader body = framing.isChunked()
                ? new ChunkedBody(ctx.alloc(), limits)
                : new FixedBody(ctx.alloc(), framing.contentLength());
        pending = new Pending(head, body);
        if (framing.continueExpected() && !bodyHasCome) {
            ctx.fireChannelRead(ContinueExpected.INSTANCE);
        }
    }

    private void readBody(ChannelHandlerContext ctx, ByteBuf in, Pending request) {
        ByteBuf body = request.body().read(in);
        if (body != null) {
            pending = null;
            deadline.awaitNothing();
            ctx.fireChannelRead(new HttpRequest(request.head(), body));
        }
    }

    private void timeOut(ChannelHandlerContext ctx) {
        String part = deadline.awaited() == ReadDeadline.Awaited.HEAD
                ? "the request's head was not whole within " + limits.headerTimeoutMillis()
                : "no byte of the request's body came within " + limits.bodyStallTimeoutMillis();
        refuse(ctx, Refusal.of(ErrorCode.REQUEST_TIMEOUT, part + " ms"));
        releaseAll();
        ctx.fireChannelReadComplete();
    }

    private void refuse(ChannelHandlerContext ctx, Refusal refusal) {
        ended = true;
        deadline.stop();
        ctx.fireChannelRead(new MalformedRequest(refusal));
    }

    /** Nothing more is decoded; what is being decoded at this moment is released when the loop sees it. */
    private void end() {
        ended = true;
        deadline.stop();
        if (!decoding) {
            releaseAll();
        }
    }

    private void releaseAll() {
        while (!unread.isEmpty()) {
            unread.remove().release();
        }
        if (pending != null) {
            pending.body().release();
            pending = null;
        }
    }
}
