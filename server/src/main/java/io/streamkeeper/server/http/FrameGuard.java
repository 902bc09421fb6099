package io.streamkeeper.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.DefaultHttp2GoAwayFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.streamkeeper.server.config.HttpLimits;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees the heads of the frames of a connection of HTTP/2 before they are decoded. Owned by the connection's loop.
 *
 * <p>It counts the frames that cost the server work and advance no request: settings, pings, priorities, resets, window
 * updates, continuations, empty data other than the end of a body, and unknown frames. A client that sends too many of them, compared with the
 * bodies that are transferred, is disconnected with ENHANCE_YOUR_CALM. A part of a response pays for the two window
 * updates with which a client may answer it; it pays when all of it is sent, however many frames a small window divides it into.
 *
 * <p>It also reserves the memory of what the codec has to keep after a read: a frame that is incomplete, and a block of
 * fields whose last frame has not arrived. Both have to be complete within the time for a head, and the content of data
 * has to arrive as a body does.
 *
 * <pre>
 *   a frame:  length (3 bytes)  type (1)  flags (1)  stream (4)  content (length)
 * </pre>
 */
final class FrameGuard extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(FrameGuard.class);

    /** Frames without use in {@link #PERIOD_NANOS}, in addition to those that bodies pay for. */
    static final int FRAMES_MAX = 1_000;

    /** Bytes sent or received that pay for one frame, such as the window update for them. */
    static final int BYTES_PER_FRAME = 256;

    /** Frames that a part of a response pays for: window updates for the stream and for the connection. */
    static final int FRAMES_PER_PART = 2;

    static final long PERIOD_NANOS = TimeUnit.SECONDS.toNanos(10);

    private static final int HEAD_BYTES = 9;
    private static final int LENGTH_BYTES = 3;
    private static final int FLAGS_AT = 4;
    private static final int END_HEADERS = 4;
    private static final int END_STREAM = 1;
    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int CONTINUATION = 9;

    private final Http2Memory memory;

    // The frame that arrives.
    private int prefaceLeft;
    private int headBytes;
    private int length;
    private int type;
    private int flags;
    private int contentLeft;

    /** Bytes of a block of fields that is incomplete. */
    private long blockBytes;

    /** Bytes of the buffer in which the codec keeps an incomplete frame. */
    private long partialBytes;

    /** Whether a frame has ended in the current read, so that its rest is kept in the buffer of the read. */
    private boolean frameEnded;

    /** Whether a frame has ended in the current read after which nothing was incomplete. */
    private boolean wasWhole;

    private boolean isIncomplete;
    private long incompleteSinceNanos;
    private long receivedNanos;
    private @Nullable ChannelHandlerContext context;

    private long sinceNanos;
    private long frames;
    private long paidFrames;

    /** Requests whose body may end with an empty frame; each may once. */
    private long bodiesToEnd;

    private long bytes;
    private boolean closed;

    /** A guard that is added when {@code prefaceBytes} of the client's preface have not arrived. */
    FrameGuard(int prefaceBytes, Http2Memory memory) {
        this.prefaceLeft = prefaceBytes;
        this.memory = memory;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        sinceNanos = ctx.executor().ticker().nanoTime();
    }

    /** A part of a response with {@code count} bytes was sent. */
    void partSent(int count) {
        paidFrames += FRAMES_PER_PART;
        bytes += count;
    }

    /** Drops everything that arrives from now on. */
    void dropAll() {
        closed = true;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf in = (ByteBuf) message;
        if (closed) {
            in.release();
            return;
        }
        receivedNanos = ctx.executor().ticker().nanoTime();
        beginPeriodIfDue();
        count(in);
        noteIncomplete();
        if (frames > FRAMES_MAX + paidFrames + bytes / BYTES_PER_FRAME) {
            end(ctx, "it sends frames without use");
        } else if (!memory.received(blockBytes + keptBytes(in))) {
            end(ctx, "there is no memory for its incomplete frames");
        }
        if (closed) {
            in.release();
        } else {
            ctx.fireChannelRead(in);
        }
    }

    private void end(ChannelHandlerContext ctx, String reason) {
        closed = true;
        LOG.debug("connection from {} ends: {}", ctx.channel().remoteAddress(), reason);
        ctx.pipeline()
                .writeAndFlush(new DefaultHttp2GoAwayFrame(Http2Error.ENHANCE_YOUR_CALM))
                .addListener(sent -> ctx.close());
    }

    // ---- frames ----

    private void count(ByteBuf in) {
        frameEnded = false;
        wasWhole = false;
        int at = in.readerIndex();
        while (at < in.writerIndex()) {
            int left = in.writerIndex() - at;
            if (prefaceLeft > 0) {
                int skipped = Math.min(prefaceLeft, left);
                prefaceLeft -= skipped;
                at += skipped;
            } else if (contentLeft > 0) {
                int skipped = Math.min(contentLeft, left);
                contentLeft -= skipped;
                at += skipped;
                endFrameIfComplete();
            } else {
                addHeadByte(in.getUnsignedByte(at++));
            }
        }
    }

    private void addHeadByte(int value) {
        if (headBytes < LENGTH_BYTES) {
            length = length << Byte.SIZE | value;
        } else if (headBytes == LENGTH_BYTES) {
            type = value;
        } else if (headBytes == FLAGS_AT) {
            flags = value;
        }
        headBytes++;
        if (headBytes == HEAD_BYTES) {
            contentLeft = length;
            addFrame();
            endFrameIfComplete();
        }
    }

    private void addFrame() {
        boolean endsStream = (flags & END_STREAM) != 0;
        if (type == HEADERS) {
            bodiesToEnd += endsStream ? 0 : 1;
        } else if (type == DATA && length > 0) {
            bytes += length;
        } else if (type == DATA && endsStream && bodiesToEnd > 0) {
            bodiesToEnd--;
        } else {
            frames++;
        }
        if (type == HEADERS || type == CONTINUATION) {
            blockBytes += length;
        }
    }

    private void endFrameIfComplete() {
        if (contentLeft > 0) {
            return;
        }
        if ((type == HEADERS || type == CONTINUATION) && (flags & END_HEADERS) != 0) {
            blockBytes = 0;
        }
        headBytes = 0;
        length = 0;
        frameEnded = true;
        wasWhole |= blockBytes == 0;
    }

    private void noteIncomplete() {
        if (wasWhole || !isIncomplete) {
            incompleteSinceNanos = receivedNanos;
        }
        isIncomplete = headBytes > 0 || blockBytes > 0;
    }

    /** Ends the connection if a frame, or a block of fields, has been incomplete for too long. */
    void endIfStalled(HttpLimits limits) {
        if (closed || !isIncomplete || context == null) {
            return;
        }
        boolean isContent = type == DATA && headBytes == HEAD_BYTES;
        long fromNanos = isContent ? receivedNanos : incompleteSinceNanos;
        long millis = isContent ? limits.bodyStallTimeoutMillis() : limits.headerTimeoutMillis();
        if (context.executor().ticker().nanoTime() - fromNanos > TimeUnit.MILLISECONDS.toNanos(millis)) {
            end(context, "a frame of it stays incomplete");
        }
    }

    /** Bytes of the buffer that the codec keeps after it has decoded {@code in}. */
    private long keptBytes(ByteBuf in) {
        if (headBytes == 0) {
            partialBytes = 0;
        } else if (frameEnded || partialBytes == 0) {
            partialBytes = in.capacity();
        } else {
            partialBytes += in.readableBytes();
        }
        return partialBytes;
    }

    private void beginPeriodIfDue() {
        if (receivedNanos - sinceNanos >= PERIOD_NANOS) {
            sinceNanos = receivedNanos;
            frames = 0;
            paidFrames = 0;
            bytes = 0;
        }
    }

    /** After the codec has flushed its answers to the frames of this read. */
    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        ctx.fireChannelReadComplete();
        if (!closed && !memory.unsent(SocketCarrier.unsentBytes(ctx.channel()))) {
            end(ctx, "it does not read its responses, and others need the memory");
        }
    }
}
