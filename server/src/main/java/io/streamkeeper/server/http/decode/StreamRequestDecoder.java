package io.streamkeeper.server.http.decode;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.util.ReferenceCountUtil;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.server.config.HttpLimits;
import io.streamkeeper.server.http.request.BodyCheck;
import io.streamkeeper.server.http.request.ContinueExpected;
import io.streamkeeper.server.http.request.HttpRequest;
import io.streamkeeper.server.http.request.MalformedRequest;
import io.streamkeeper.server.http.request.RefusedRequest;
import org.jspecify.annotations.Nullable;

/**
 * Turns the frames of one stream of HTTP/2 into its request. Owned by the connection's loop.
 *
 * <p>A body for which there is no room is refused, and does not wait: its frames would use up the window that the
 * streams of the connection share, and so keep bodies from completing that hold the room.
 *
 * <pre>
 *   HEAD ──head──▶ BODY ──end of the stream──▶ OVER
 *    └───end of the stream, refused──────────────▲
 * </pre>
 */
public final class StreamRequestDecoder extends ChannelInboundHandlerAdapter implements RequestSource {
    private enum State {
        HEAD,
        BODY,
        OVER
    }

    private final HttpLimits limits;
    private final BodyRoom room;
    private final HeadRoom headRoom;
    private final BodyCheck bodyCheck;
    private final ReadDeadline deadline;
    private final BodyRate rate = new BodyRate();
    private State state = State.HEAD;
    private boolean isWhole;
    private @Nullable StreamHead head;
    private @Nullable BodyBuffer body;
    private int bytesMax;
    private long bodySinceNanos;

    /** The request about which is not decided yet. */
    private @Nullable StreamHead undecided;

    /**
     * A decoder that stores the body in {@code room}.
     *
     * @param headRoom counts the memory of the head
     * @param bodyCheck refuses requests before their bodies are stored
     */
    public StreamRequestDecoder(HttpLimits limits, BodyRoom room, HeadRoom headRoom, BodyCheck bodyCheck) {
        this.bodyCheck = bodyCheck;
        this.limits = limits;
        this.room = room;
        this.headRoom = headRoom;
        this.deadline = new ReadDeadline(limits, this::isTooSlow, this::timeOut);
    }

    @Override
    public boolean isInside() {
        return state == State.BODY;
    }

    /** Whether the client has sent everything of this stream. */
    public boolean isWhole() {
        return isWhole;
    }

    @Override
    public boolean holdsBytes() {
        return false;
    }

    @Override
    public boolean awaitsRoom() {
        return undecided != null;
    }

    /** Does nothing: this decoder keeps no bytes. */
    @Override
    public void resume() {}

    /** Does nothing: a stream is read until its request is complete. */
    @Override
    public void readsAgain() {}

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        try {
            if (message instanceof Http2HeadersFrame headers) {
                isWhole |= headers.isEndStream();
                readHeaders(ctx, headers);
            } else if (message instanceof Http2DataFrame data) {
                isWhole |= data.isEndStream();
                readData(ctx, data);
            }
        } catch (RefusedException e) {
            refuse(ctx, e.refusal());
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    private void readHeaders(ChannelHandlerContext ctx, Http2HeadersFrame frame) {
        if (state == State.BODY) {
            // Trailer fields: none has a meaning, and the codec has checked that they end the stream.
            endBody(ctx);
        }
        if (state != State.HEAD) {
            return;
        }
        StreamHead read = StreamHead.of(frame.headers(), limits, headRoom);
        if (read == null) {
            state = State.OVER;
            ctx.write(new DefaultHttp2ResetFrame(Http2Error.PROTOCOL_ERROR));
            ctx.close();
        } else if (frame.isEndStream()) {
            state = State.OVER;
            ctx.fireChannelRead(new HttpRequest(read, Unpooled.EMPTY_BUFFER));
        } else {
            beginBody(ctx, read);
        }
    }

    private void beginBody(ChannelHandlerContext ctx, StreamHead read) {
        BodyCheck.Verdict verdict = bodyCheck.check(read, () -> decided(ctx, read));
        if (verdict.isRefusal()) {
            state = State.OVER;
            ctx.fireChannelRead(new RefusedRequest(read, verdict, true));
            return;
        }
        int length = read.contentLength();
        int most = Math.min(limits.bodyBytesMax(), bodyCheck.bodyBytesMax(read));
        if (length > most) {
            throw BodyFraming.tooLarge(length, most);
        }
        Refusal refusal = room.admit(length < 0 ? BodyRoom.FIRST_PIECE_BYTES : length, nowNanos(ctx));
        if (refusal != null) {
            throw new RefusedException(refusal);
        }
        head = read;
        body = new BodyBuffer(room, length < 0 ? most : length);
        bytesMax = most;
        bodySinceNanos = nowNanos(ctx);
        state = State.BODY;
        if (verdict.isLater()) {
            // What has been sent meanwhile is stored; the window of the stream bounds it.
            undecided = read;
            ctx.channel().config().setAutoRead(false);
        } else {
            bodyMayArrive(ctx, read);
        }
    }

    private void bodyMayArrive(ChannelHandlerContext ctx, StreamHead read) {
        rate.restart(nowNanos(ctx), body == null ? 0 : body.size());
        if (read.continueExpected()) {
            ctx.fireChannelRead(ContinueExpected.INSTANCE);
        }
    }

    /** Continues with a request about which is decided now, unless its body has become complete before. */
    private void decided(ChannelHandlerContext ctx, StreamHead read) {
        if (state != State.BODY || undecided != read) {
            return;
        }
        BodyCheck.Verdict verdict = bodyCheck.check(read, () -> decided(ctx, read));
        if (verdict.isLater()) {
            return;
        }
        undecided = null;
        if (verdict.isRefusal()) {
            release();
            ctx.fireChannelRead(new RefusedRequest(read, verdict, true));
        } else {
            bodyMayArrive(ctx, read);
        }
        ctx.channel().config().setAutoRead(true);
        channelReadComplete(ctx);
    }

    private void readData(ChannelHandlerContext ctx, Http2DataFrame frame) {
        BodyBuffer buffer = body;
        if (state != State.BODY || buffer == null) {
            return;
        }
        ByteBuf in = frame.content();
        int bytes = in.readableBytes();
        if (bytes > bytesMax - buffer.size()) {
            throw BodyFraming.tooLarge((long) buffer.size() + bytes, bytesMax);
        }
        int taken = bytes > 0 && frame.isEndStream() ? buffer.takeRun(in, bytes) : buffer.take(in, bytes);
        if (taken < bytes) {
            throw new RefusedException(Refusal.of(
                    ErrorCode.OVERLOADED, "bodies that arrive hold all the memory for them; try again later"));
        }
        if (frame.isEndStream()) {
            endBody(ctx);
        }
    }

    private void endBody(ChannelHandlerContext ctx) {
        StreamHead whole = head;
        BodyBuffer buffer = body;
        if (whole == null || buffer == null) {
            throw new IllegalStateException("a body ends that has not begun");
        }
        state = State.OVER;
        head = null;
        body = null;
        undecided = null;
        deadline.stop();
        ctx.fireChannelRead(new HttpRequest(whole, buffer.detach()).bodyArrivedIn(nowNanos(ctx) - bodySinceNanos, 0));
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (state == State.BODY && undecided == null) {
            deadline.awaitBody(ctx);
        }
        ctx.fireChannelReadComplete();
    }

    private boolean isTooSlow(ChannelHandlerContext ctx) {
        return body != null && rate.isTooSlow(nowNanos(ctx), body.size(), room);
    }

    private static long nowNanos(ChannelHandlerContext ctx) {
        return ctx.executor().ticker().nanoTime();
    }

    private void timeOut(ChannelHandlerContext ctx) {
        refuse(ctx, deadline.refusal(isTooSlow(ctx)));
        ctx.fireChannelReadComplete();
    }

    private void refuse(ChannelHandlerContext ctx, Refusal refusal) {
        release();
        ctx.fireChannelRead(new MalformedRequest(refusal));
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        end();
        ctx.fireChannelInactive();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        end();
    }

    private void end() {
        release();
        headRoom.close();
    }

    private void release() {
        state = State.OVER;
        deadline.stop();
        undecided = null;
        head = null;
        if (body != null) {
            body.release();
            body = null;
        }
    }
}
