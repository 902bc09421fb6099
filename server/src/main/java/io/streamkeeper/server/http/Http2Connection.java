package io.streamkeeper.server.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http2.DefaultHttp2GoAwayFrame;
import io.netty.handler.codec.http2.DefaultHttp2PingFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2FrameStream;
import io.netty.handler.codec.http2.Http2FrameStreamEvent;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2PingFrame;
import io.netty.handler.codec.http2.Http2RemoteFlowController;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2SettingsFrame;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import io.streamkeeper.server.config.HttpLimits;
import io.streamkeeper.server.http.decode.HeadRoom;
import io.streamkeeper.server.http.decode.Lateness;
import io.streamkeeper.server.http.decode.StreamRequestDecoder;
import io.streamkeeper.server.http.request.BodyCheck;
import io.streamkeeper.server.http.request.RequestHead;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection of HTTP/2: begins a {@link ConnectionHandler} for each stream, flushes them together, and ends the
 * connection. Owned by the connection's loop.
 *
 * <p>The memory of a stream is reserved before it begins, in the budget for the heads of requests; a stream for which
 * there is none is answered by {@link RefusedStream}. One timer closes the connection when it has had no stream for the idle time, and resets a
 * stream whose client has taken no byte of its response for that time.
 *
 * <pre>
 *   OPEN ──stop──▶ ANNOUNCED: streams still begin ──the client has heard it──▶ LEAVING ──no stream left──▶ closed
 *     └──no stream for the idle time, the client has ended its side───────────────▲
 * </pre>
 */
final class Http2Connection extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(Http2Connection.class);

    /** Open streams of a connection; further ones are refused. */
    static final int STREAMS_MAX = 100;

    /**
     * Resets that a client may send, or cause, within {@link #RESETS_SECONDS}. To end a live read is to reset it, and the
     * users of a proxy share a connection.
     */
    static final int RESETS_MAX = 500;

    static final int RESETS_SECONDS = 10;

    /** Answers to settings and pings that the client has not taken. */
    static final int QUEUED_CONTROL_FRAMES_MAX = 1_000;

    /**
     * Bytes of a body that may be under way on a stream. They cost no memory, because the decoder of the stream stores or
     * refuses them when they arrive.
     */
    private static final int WINDOW_BYTES = 256 << 10;

    private static final long SWEEP_MILLIS_MAX = 5_000;
    private static final long SWEEP_MILLIS_MIN = 20;
    private static final long GOODBYE_MILLIS = 1_000;
    private static final long GOODBYE_PING = 0x676f6f64_627965L;

    /** As for sockets: enough for one response, and few enough for many streams. */
    private static final WriteBufferWaterMark UNSENT_BYTES = new WriteBufferWaterMark(32 << 10, 128 << 10);

    private enum State {
        OPEN,
        ANNOUNCED,
        LEAVING
    }

    private record Dirty(StreamCarrier carrier, ConnectionOutput output) {}

    private final HttpServer server;
    private final Listener listener;
    private final LoopContext loop;
    private final Channel channel;
    private final Http2FrameCodec codec;
    private final Http2Memory memory;
    private final FrameGuard guard;
    private final RefusedStream refused;
    private final @Nullable RequestAccess access;
    private final Map<Http2FrameStream, ConnectionHandler> streams = new LinkedHashMap<>();
    private final ArrayDeque<Dirty> dirty = new ArrayDeque<>();
    private final Lateness lateness = new Lateness();
    private State state = State.OPEN;
    private boolean hasSettings;
    private boolean inputEnded;
    private boolean flushes;
    private long usedNanos;
    private long unsentBytes;
    private long unsentNanos;
    private @Nullable Future<?> sweep;

    private Http2Connection(HttpServer server, Listener listener, LoopContext loop, Channel channel, int prefaceBytes) {
        this.server = server;
        this.listener = listener;
        this.loop = loop;
        this.channel = channel;
        this.memory = new Http2Memory(server.memory(), server.clientShares(), channel.remoteAddress());
        this.refused = new RefusedStream(loop.counters());
        this.guard = new FrameGuard(prefaceBytes, memory);
        this.access = RequestAccess.of(server, listener, channel);
        this.codec = codec(server.config().http());
    }

    /**
     * Adds the handlers of HTTP/2 to a connection that is counted as open already.
     *
     * @param prefaceBytes bytes of the client's preface that have not arrived
     */
    static void addTo(Channel channel, HttpServer server, Listener listener, LoopContext loop, int prefaceBytes) {
        Http2Connection connection = new Http2Connection(server, listener, loop, channel, prefaceBytes);
        channel.pipeline()
                .addLast(
                        connection.guard,
                        connection.codec,
                        connection,
                        new Http2MultiplexHandler(connection.new StreamStart()),
                        new LastHandler());
    }

    private static Http2FrameCodec codec(HttpLimits limits) {
        Http2Settings settings = new Http2Settings()
                .maxConcurrentStreams(STREAMS_MAX)
                .initialWindowSize(WINDOW_BYTES)
                .maxHeaderListSize(limits.requestLineBytesMax() + limits.headerBytesMax());
        return Http2FrameCodecBuilder.forServer()
                .initialSettings(settings)
                .validateHeaders(true)
                .decoupleCloseAndGoAway(true)
                .gracefulShutdownTimeoutMillis(GOODBYE_MILLIS)
                .encoderEnforceMaxQueuedControlFrames(QUEUED_CONTROL_FRAMES_MAX)
                .decoderEnforceMaxRstFramesPerWindow(RESETS_MAX, RESETS_SECONDS)
                .encoderEnforceMaxRstFramesPerWindow(RESETS_MAX, RESETS_SECONDS)
                .build();
    }

    // ---- streams ----

    /** Sets up the pipeline of a stream, as {@link Listener} does for a connection. */
    @ChannelHandler.Sharable
    private final class StreamStart extends ChannelInitializer<Http2StreamChannel> {
        @Override
        protected void initChannel(Http2StreamChannel stream) {
            if (memory.beginStream()) {
                begin(stream);
            } else {
                stream.pipeline().addLast(refused);
            }
        }
    }

    private void begin(Http2StreamChannel stream) {
        stream.config().setWriteBufferWaterMark(UNSENT_BYTES);
        HeadRoom headRoom = new HeadRoom(server.memory().heads());
        StreamRequestDecoder decoder = new StreamRequestDecoder(
                server.config().http(),
                server.bodyRoom(),
                headRoom,
                (head, decided) -> check(stream.stream(), head, decided));
        StreamCarrier carrier = new StreamCarrier(this, stream, decoder);
        ConnectionHandler handler =
                new ConnectionHandler(server, listener, stream, loop, headRoom, decoder, carrier, access);
        streams.put(stream.stream(), handler);
        stream.closeFuture().addListener(closed -> ended(stream.stream()));
        stream.pipeline().addLast(carrier, decoder, handler);
    }

    private BodyCheck.Verdict check(Http2FrameStream stream, RequestHead head, Runnable decided) {
        ConnectionHandler handler = streams.get(stream);
        return handler == null ? BodyCheck.Verdict.ARRIVES : handler.execution().check(head, decided);
    }

    private void ended(Http2FrameStream stream) {
        streams.remove(stream);
        memory.endStream();
        usedNanos = nowNanos();
        closeIfDone();
    }

    /** Bytes that the client allows for the body of a stream now, in addition to those written. */
    int windowBytes(Http2FrameStream stream) {
        Http2Stream known = codec.connection().stream(stream.id());
        if (known == null) {
            return 0;
        }
        Http2RemoteFlowController flow = codec.connection().remote().flowController();
        return flow.isWritable(known)
                ? Math.min(
                        flow.windowSize(known),
                        flow.windowSize(codec.connection().connectionStream()))
                : 0;
    }

    // ---- flushing ----

    /** Flushes all streams that have written in this turn together, at the end of the turn. */
    void flushLater(StreamCarrier carrier, ConnectionOutput output) {
        dirty.add(new Dirty(carrier, output));
        if (!flushes) {
            flushes = true;
            loop.flushes().addResponse(this::flush);
        }
    }

    private void flush() {
        flushes = false;
        List<Dirty> written = List.copyOf(dirty);
        dirty.clear();
        try {
            written.forEach(each -> each.carrier().writeHeld());
            channel.flush();
            written.forEach(each -> each.output().settle());
            settle();
            endBlocked();
        } catch (RuntimeException | Error e) {
            LOG.error("connection from {} failed", channel.remoteAddress(), e);
            channel.close();
        }
    }

    /** Counts the bytes that a flush has left unsent. */
    private void settle() {
        if (!memory.unsent(SocketCarrier.unsentBytes(channel))) {
            LOG.debug(
                    "connection from {} ends: it does not read its responses, and others need the memory",
                    channel.remoteAddress());
            channel.close();
        }
    }

    /** A part of a response was sent, which the client may answer with window updates. */
    void partSent(int bytes) {
        guard.partSent(bytes);
    }

    // ---- the connection ----

    private long nowNanos() {
        return channel.eventLoop().ticker().nanoTime();
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        usedNanos = nowNanos();
        if (memory.open()) {
            sweepLater();
        } else {
            LOG.debug("connection from {} is closed: there is no memory for it", channel.remoteAddress());
            loop.counters().connectionRefused(listener.isAdministrative());
            guard.dropAll();
            channel.close();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (message instanceof Http2SettingsFrame) {
            hasSettings = true;
        } else if (message instanceof Http2PingFrame ping && ping.ack() && ping.content() == GOODBYE_PING) {
            leave();
        }
        ctx.fireChannelRead(message);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (!channel.eventLoop().inEventLoop()) {
            channel.eventLoop().execute(() -> userEventTriggered(ctx, event));
        } else if (event instanceof ConnectionHandler.Event fromServer) {
            passOn(fromServer);
            if (fromServer == ConnectionHandler.Event.STOPPING) {
                announce();
            }
        } else if (event instanceof ChannelInputShutdownEvent) {
            inputEnded = true;
            passOn(event);
            leave();
        } else if (event instanceof Http2FrameStreamEvent changed
                && changed.type() == Http2FrameStreamEvent.Type.Writability) {
            windowChanged(changed.stream());
        } else {
            ctx.fireUserEventTriggered(event);
        }
    }

    private void windowChanged(Http2FrameStream stream) {
        ConnectionHandler handler = streams.get(stream);
        if (handler != null && windowBytes(stream) > 0) {
            try {
                handler.takesMoreNow();
            } catch (RuntimeException | Error e) {
                handler.failed(e);
            }
        }
    }

    /** Passes on an event of the server or of the socket to all streams. */
    private void passOn(Object event) {
        for (ConnectionHandler handler : List.copyOf(streams.values())) {
            handler.channel().pipeline().fireUserEventTriggered(event);
        }
    }

    // ---- the end ----

    /** Announces the end; streams that the client has begun meanwhile are served (RFC 9113 section 6.8). */
    private void announce() {
        if (state != State.OPEN) {
            return;
        }
        state = State.ANNOUNCED;
        DefaultHttp2GoAwayFrame goAway = new DefaultHttp2GoAwayFrame(Http2Error.NO_ERROR);
        goAway.setExtraStreamIds(Integer.MAX_VALUE);
        channel.write(goAway);
        channel.writeAndFlush(new DefaultHttp2PingFrame(GOODBYE_PING));
        channel.eventLoop().schedule(this::leave, GOODBYE_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Ends the connection when the streams that have begun are over. */
    private void leave() {
        if (state == State.LEAVING || !channel.isActive()) {
            return;
        }
        state = State.LEAVING;
        channel.writeAndFlush(new DefaultHttp2GoAwayFrame(Http2Error.NO_ERROR)).addListener(sent -> {
            endBlocked();
            closeIfDone();
        });
    }

    /**
     * Ends the streams that cannot end by themselves: they need a window, and the client, which has ended its side, gives
     * none. No event of the socket says whether the client is still there: when nothing is written, a reset after the
     * end of the input is not reported.
     */
    private void endBlocked() {
        if (inputEnded && SocketCarrier.unsentBytes(channel) == 0) {
            List.copyOf(streams.values()).forEach(ConnectionHandler::endIfBlocked);
        }
    }

    private void closeIfDone() {
        if (state == State.LEAVING && streams.isEmpty() && channel.isActive()) {
            channel.flush();
            channel.close();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        loop.counters().connectionClosed(listener.isAdministrative());
        memory.close();
        if (sweep != null) {
            sweep.cancel(false);
        }
        ctx.fireChannelInactive();
    }

    // ---- time ----

    private long idleNanos() {
        return TimeUnit.MILLISECONDS.toNanos(server.config().http().idleTimeoutMillis());
    }

    private void sweepLater() {
        HttpLimits limits = server.config().http();
        long millis = Math.min(
                SWEEP_MILLIS_MAX,
                Math.max(SWEEP_MILLIS_MIN, Math.min(limits.idleTimeoutMillis(), limits.headerTimeoutMillis()) / 4));
        lateness.expect(nowNanos() + TimeUnit.MILLISECONDS.toNanos(millis));
        sweep = channel.eventLoop().schedule(this::sweep, millis, TimeUnit.MILLISECONDS);
    }

    private void sweep() {
        if (!channel.isActive()) {
            return;
        }
        long now = nowNanos();
        settle();
        endBlocked();
        if (!lateness.excuses(now)) {
            endIfUnused(now);
            guard.endIfStalled(server.config().http());
            for (ConnectionHandler handler : List.copyOf(streams.values())) {
                handler.endIfStalled(now, idleNanos());
            }
        }
        sweepLater();
    }

    private void endIfUnused(long now) {
        long unsent = SocketCarrier.unsentBytes(channel);
        if (unsent == 0 || unsent != unsentBytes) {
            unsentBytes = unsent;
            unsentNanos = now;
        }
        long headerNanos = TimeUnit.MILLISECONDS.toNanos(server.config().http().headerTimeoutMillis());
        if (now - unsentNanos > idleNanos() || (!hasSettings && now - usedNanos > headerNanos)) {
            channel.close();
        } else if (streams.isEmpty() && now - usedNanos > idleNanos()) {
            leave();
        }
    }

    /** Drops what no handler needs, and takes the exceptions of the connection; the codec answers them. */
    private static final class LastHandler extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ReferenceCountUtil.release(message);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            LOG.debug("connection from {} has an error", ctx.channel().remoteAddress(), cause);
            if (cause instanceof IOException) {
                ctx.close();
            }
        }
    }
}
