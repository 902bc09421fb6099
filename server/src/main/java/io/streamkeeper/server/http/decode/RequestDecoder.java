package io.streamkeeper.server.http.decode;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.server.config.HttpLimits;
import io.streamkeeper.server.http.request.BodyCheck;
import io.streamkeeper.server.http.request.ContinueExpected;
import io.streamkeeper.server.http.request.HttpRequest;
import io.streamkeeper.server.http.request.MalformedRequest;
import io.streamkeeper.server.http.request.RefusedRequest;
import io.streamkeeper.storage.memory.Budget;
import io.streamkeeper.storage.memory.Reservation;
import java.util.ArrayDeque;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Turns a connection's bytes into requests: HTTP/1.1 and 1.0, pipelined, however the reads divide them. It is strict
 * where leniency would let requests be smuggled. One for each connection, used by its event loop only.
 *
 * <p>The next handler receives, in order: {@link HttpRequest}, {@link ContinueExpected}, and at most one {@link
 * MalformedRequest} as the last message. The receiver of a request owns it.
 *
 * <p>Before each request the decoder checks whether it may begin one. If not, it keeps the bytes that were already read
 * until {@link #resume}. It turns {@code autoRead} off while it keeps bytes; otherwise the next handler controls that.
 */
public final class RequestDecoder extends ChannelInboundHandlerAdapter implements RequestSource {
    /** The longest body of a refused request that is discarded; after the head of a longer one the connection ends. */
    static final int DISCARD_BYTES_MAX = 1 << 20;

    private final HttpLimits limits;
    private final BodyRoom room;
    private final HeadRoom headRoom;
    private final Budget received;
    private final BooleanSupplier mayBegin;
    private final BodyCheck bodyCheck;
    private final HeadParser heads;

    /** Bytes not decoded yet; the first buffer may be decoded in part. */
    private final ArrayDeque<ByteBuf> unread = new ArrayDeque<>(2);

    private final ReadDeadline deadline;
    /** The memory of the bytes that stay in {@link #unread} after a read. */
    private @Nullable Reservation kept;

    private boolean decoding;
    private boolean ended;

    /** Bytes of the body of a refused request that have not arrived. They are not stored. */
    private int discardBytes;

    /** The request about which is not decided yet; no byte of its body is read. */
    private @Nullable Http1Head undecided;

    /** The request whose body is arriving. */
    private @Nullable Pending pending;

    private @Nullable ChannelHandlerContext context;

    private final BodyRate rate = new BodyRate();

    /** Owned by the decoder. */
    private static final class Pending {
        private final Http1Head head;
        private final BodyReader body;
        private final long sinceNanos;

        /** Since when there is no memory for more of the body; 0 if there is. */
        private long waitsSinceNanos;

        private long waitedNanos;

        Pending(Http1Head head, BodyReader body, long sinceNanos) {
            this.head = head;
            this.body = body;
            this.sinceNanos = sinceNanos;
        }

        BodyReader body() {
            return body;
        }

        boolean isWaiting() {
            return body.buffer().isWaiting();
        }

        void waits(long nowNanos) {
            if (waitsSinceNanos == 0) {
                waitsSinceNanos = nowNanos;
            }
        }

        void waitsNoMore(long nowNanos) {
            waitedNanos += nowNanos - waitsSinceNanos;
            waitsSinceNanos = 0;
        }

        HttpRequest complete(ByteBuf bytes, long nowNanos) {
            return new HttpRequest(head, bytes).bodyArrivedIn(nowNanos - sinceNanos, waitedNanos);
        }
    }

    /**
     * A decoder that stores bodies in {@code room}.
     *
     * @param headRoom counts the memory of heads; the class that drops a request releases its memory, and the end of
     *     the connection releases all of it
     * @param received the budget of bytes that wait until a request may begin
     * @param bodyCheck refuses requests before their bodies are stored
     */
    public RequestDecoder(
            HttpLimits limits,
            BodyRoom room,
            HeadRoom headRoom,
            Budget received,
            BooleanSupplier mayBegin,
            BodyCheck bodyCheck) {
        this.limits = limits;
        this.room = room;
        this.headRoom = headRoom;
        this.received = received;
        this.mayBegin = mayBegin;
        this.bodyCheck = bodyCheck;
        this.heads = new HeadParser(limits, headRoom);
        this.deadline = new ReadDeadline(limits, this::isTooSlow, this::timeOut);
    }

    @Override
    public boolean holdsBytes() {
        return !decoding && !unread.isEmpty();
    }

    @Override
    public boolean isInside() {
        return pending != null || undecided != null || discardBytes > 0 || heads.hasBegun();
    }

    @Override
    public boolean awaitsRoom() {
        return undecided != null || (pending != null && pending.isWaiting());
    }

    /**
     * Decodes the kept bytes; to be called when a request may begin again. A {@code channelReadComplete} follows the
     * messages, as it follows those of a read.
     */
    @Override
    public void resume() {
        ChannelHandlerContext ctx = context;
        if (ctx != null && holdsBytes()) {
            deadline.restart(ctx);
            decode(ctx);
            ctx.fireChannelReadComplete();
        }
    }

    @Override
    public void readsAgain() {
        if (context != null) {
            deadline.restart(context);
            restartRate(context);
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
        if (!ended) {
            keepUnread(ctx);
        }
        if (ended) {
            releaseAll();
        } else if (pending != null && pending.isWaiting()) {
            awaitRoom(ctx, pending);
        } else if (undecided != null) {
            deadline.awaitNothing();
            ctx.channel().config().setAutoRead(false);
        } else if (pending != null || discardBytes > 0) {
            deadline.awaitBody(ctx);
        } else if (heads.hasBegun()) {
            deadline.awaitHead(ctx);
        }
    }

    /**
     * Reserves the memory of the bytes that stay, and stops reading, so that they are at most what one read returned.
     */
    private void keepUnread(ChannelHandlerContext ctx) {
        if (unread.isEmpty()) {
            if (kept != null) {
                kept.close();
                kept = null;
            }
            return;
        }
        ctx.channel().config().setAutoRead(false);
        long bytes = unread.stream().mapToLong(ByteBuf::capacity).sum();
        long more = bytes - (kept == null ? 0 : kept.bytes());
        if (more > 0 && !reserveKept(more)) {
            refuse(
                    ctx,
                    Refusal.of(
                            ErrorCode.OVERLOADED,
                            "requests that wait hold " + received.usedBytes() + " of " + received.bytesMax()
                                    + " bytes; try again later"));
        }
    }

    private boolean reserveKept(long more) {
        if (kept == null) {
            kept = received.reserve(more);
            return kept != null;
        }
        return kept.tryGrow(more);
    }

    /** Waits for room for the body. This time does not count against the client. */
    private void awaitRoom(ChannelHandlerContext ctx, Pending request) {
        deadline.awaitNothing();
        request.waits(nowNanos(ctx));
        request.body().buffer().awaitRoom(ctx.executor(), () -> {
            request.waitsNoMore(nowNanos(ctx));
            restartRate(ctx);
            decode(ctx);
            ctx.fireChannelReadComplete();
        });
    }

    private void restartRate(ChannelHandlerContext ctx) {
        if (pending != null) {
            rate.restart(nowNanos(ctx), pending.body().buffer().size());
        }
    }

    private boolean isTooSlow(ChannelHandlerContext ctx) {
        return pending != null
                && rate.isTooSlow(nowNanos(ctx), pending.body().buffer().size(), room);
    }

    private static long nowNanos(ChannelHandlerContext ctx) {
        return ctx.executor().ticker().nanoTime();
    }

    /** Decodes the bytes of {@code in}; returns false if some of them have to stay. */
    private boolean decodeFirst(ChannelHandlerContext ctx, ByteBuf in) {
        while (!ended && in.isReadable()) {
            if (pending != null) {
                readBody(ctx, in, pending);
                if (awaitsRoom()) {
                    return false;
                }
            } else if (discardBytes > 0) {
                discardBody(in);
            } else if (undecided != null) {
                return false;
            } else if (heads.hasBegun() || (ctx.channel().isActive() && mayBegin.getAsBoolean())) {
                readHead(ctx, in);
            } else {
                return false;
            }
        }
        return !ended;
    }

    private void readHead(ChannelHandlerContext ctx, ByteBuf in) {
        Http1Head head = heads.read(in);
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

    private void beginBody(ChannelHandlerContext ctx, Http1Head head, boolean bodyHasCome) {
        BodyFraming framing = head.framing();
        BodyCheck.Verdict verdict = bodyCheck.check(head, () -> decided(ctx, head));
        if (verdict.isLater()) {
            undecided = head;
            return;
        }
        if (verdict.isRefusal()) {
            refuseBody(ctx, head, verdict, bodyHasCome);
            return;
        }
        int bytesMax = Math.min(limits.bodyBytesMax(), bodyCheck.bodyBytesMax(head));
        if (framing.contentLength() > bytesMax) {
            throw BodyFraming.tooLarge(framing.contentLength(), bytesMax);
        }
        long now = nowNanos(ctx);
        Refusal refusal = room.admit(framing.isChunked() ? BodyRoom.FIRST_PIECE_BYTES : framing.contentLength(), now);
        if (refusal != null) {
            throw new RefusedException(refusal);
        }
        BodyReader body = framing.isChunked()
                ? new ChunkedBody(room, headRoom, limits, bytesMax)
                : new FixedBody(room, framing.contentLength());
        pending = new Pending(head, body, now);
        rate.restart(now, body.buffer().size());
        if (framing.continueExpected() && !bodyHasCome) {
            ctx.fireChannelRead(ContinueExpected.INSTANCE);
        }
    }

    /** Continues with a request about which is decided now. */
    private void decided(ChannelHandlerContext ctx, Http1Head head) {
        if (ended || undecided != head) {
            return;
        }
        undecided = null;
        try {
            beginBody(ctx, head, !unread.isEmpty());
        } catch (RefusedException e) {
            refuse(ctx, e.refusal());
        }
        decode(ctx);
        ctx.fireChannelReadComplete();
    }

    /**
     * Refuses a request whose body is not stored, at once. A body of moderate length is discarded as it arrives, so that
     * the connection can be used again after it. Whether a client that awaits 100 (Continue) sends its body after a
     * refusal is not known (RFC 9110 section 10.1.1), so its connection ends.
     */
    private void refuseBody(ChannelHandlerContext ctx, Http1Head head, BodyCheck.Verdict verdict, boolean bodyHasCome) {
        BodyFraming framing = head.framing();
        boolean closes = !head.keepAlive()
                || framing.isChunked()
                || framing.contentLength() > DISCARD_BYTES_MAX
                || (framing.continueExpected() && !bodyHasCome);
        if (closes) {
            ended = true;
            deadline.stop();
        } else {
            discardBytes = framing.contentLength();
        }
        ctx.fireChannelRead(new RefusedRequest(head, verdict, closes));
    }

    private void discardBody(ByteBuf in) {
        int bytes = Math.min(discardBytes, in.readableBytes());
        in.skipBytes(bytes);
        discardBytes -= bytes;
        if (discardBytes == 0) {
            deadline.awaitNothing();
        }
    }

    private void readBody(ChannelHandlerContext ctx, ByteBuf in, Pending request) {
        ByteBuf body = request.body().read(in);
        if (body != null) {
            pending = null;
            deadline.awaitNothing();
            ctx.fireChannelRead(request.complete(body, nowNanos(ctx)));
        }
    }

    private void timeOut(ChannelHandlerContext ctx) {
        if (discardBytes > 0) {
            // The request is answered.
            ctx.close();
            return;
        }
        refuse(ctx, deadline.refusal(isTooSlow(ctx)));
        releaseAll();
        ctx.fireChannelReadComplete();
    }

    private void refuse(ChannelHandlerContext ctx, Refusal refusal) {
        ended = true;
        deadline.stop();
        ctx.fireChannelRead(new MalformedRequest(refusal));
    }

    /**
     * Ends the decoder. Data that is being decoded at this moment is released when the loop of {@link #decode} ends.
     */
    private void end() {
        ended = true;
        deadline.stop();
        headRoom.close();
        if (!decoding) {
            releaseAll();
        }
    }

    private void releaseAll() {
        while (!unread.isEmpty()) {
            unread.remove().release();
        }
        if (kept != null) {
            kept.close();
            kept = null;
        }
        undecided = null;
        if (pending != null) {
            pending.body().release();
            pending = null;
        }
    }
}
