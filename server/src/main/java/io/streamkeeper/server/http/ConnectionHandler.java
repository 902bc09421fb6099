package io.streamkeeper.server.http;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.util.ReferenceCountUtil;
import io.streamkeeper.server.http.decode.HeadRoom;
import io.streamkeeper.server.http.decode.RequestDecoder;
import io.streamkeeper.server.http.decode.RequestSource;
import io.streamkeeper.server.http.request.HttpRequest;
import io.streamkeeper.server.http.request.MalformedRequest;
import io.streamkeeper.server.http.request.RefusedRequest;
import io.streamkeeper.server.http.respond.ResponseWriter;
import io.streamkeeper.server.limit.Limits;
import io.streamkeeper.server.shard.TurnQueue;
import java.io.IOException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection of HTTP/1.1, or one stream of HTTP/2: takes requests from its {@link RequestSource}, has them executed
 * by {@link RequestExecution}, and writes the responses in the order of the {@link ExchangeLine} through {@link
 * ConnectionOutput}. Owned by the connection's loop.
 *
 * <p>The limits bound the number of requests in line. At that number, and while the client does not read its responses,
 * the server reads nothing more from the connection.
 */
final class ConnectionHandler extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(ConnectionHandler.class);

    /** Events that the server fires on its connections. */
    enum Event {
        /** The server stops: it sends the responses that it already owes, and no others. */
        STOPPING,
        /** The decisions of the security policy may have changed: live reads are decided again. */
        POLICY_CHANGED
    }

    private final HttpServer server;
    private final Listener listener;
    private final Channel channel;
    private final LoopMove move;
    private final RequestSource decoder;
    private final Carrier carrier;
    private final RequestExecution execution;
    private final ExchangeLine line;
    private final ConnectionOutput output;
    private final IdleTimer idle;
    private final boolean isStream;
    private final HeadRoom headRoom;
    private final @Nullable RequestLimits limits;
    private final @Nullable WrittenBytes written;
    private LoopContext loop;
    private long stalledBytes;
    private long stalledNanos;
    private boolean isCounted;
    private boolean reading;
    private boolean resumes;
    private boolean lastCame;
    private boolean inputEnded;
    private boolean ends;
    private @Nullable ChannelHandlerContext context;

    /** A connection of HTTP/1.1. */
    ConnectionHandler(HttpServer server, Listener listener, Channel channel, LoopContext loop) {
        this(
                server,
                listener,
                channel,
                loop,
                new HeadRoom(server.memory().heads()),
                null,
                new SocketCarrier(channel),
                RequestAccess.of(server, listener, channel));
    }

    /**
     * A connection of HTTP/1.1, or a stream of HTTP/2 if {@code stream}, its decoder, is not null.
     *
     * @param access decides about its requests, and about those of the other streams; null if everybody may do everything
     */
    ConnectionHandler(
            HttpServer server,
            Listener listener,
            Channel channel,
            LoopContext loop,
            HeadRoom headRoom,
            @Nullable RequestSource stream,
            Carrier carrier,
            @Nullable RequestAccess access) {
        this.server = server;
        this.listener = listener;
        this.channel = channel;
        this.loop = loop;
        this.headRoom = headRoom;
        this.carrier = carrier;
        this.isStream = stream != null;
        Limits shared = listener.isAdministrative() ? null : server.limits();
        this.limits = shared == null ? null : new RequestLimits(this, shared);
        this.written = server.accessLog() == null ? null : new WrittenBytes();
        this.line = new ExchangeLine(this);
        this.execution = new RequestExecution(this, access);
        this.output = new ConnectionOutput(this, server.memory().unsent(), carrier);
        this.move = new LoopMove(this, isStream ? null : server.readers(channel.eventLoop()));
        this.decoder = stream != null
                ? stream
                : new RequestDecoder(
                        server.config().http(),
                        server.bodyRoom(),
                        headRoom,
                        server.memory().received(),
                        this::mayBegin,
                        execution);
        this.idle = new IdleTimer(channel, server.config().http().idleTimeoutMillis(), this::isIdle);
    }

    RequestSource decoder() {
        return decoder;
    }

    HttpServer server() {
        return server;
    }

    Listener listener() {
        return listener;
    }

    Channel channel() {
        return channel;
    }

    RequestExecution execution() {
        return execution;
    }

    ExchangeLine line() {
        return line;
    }

    ConnectionOutput output() {
        return output;
    }

    HeadRoom headRoom() {
        return headRoom;
    }

    /** Limits its requests; null if nothing does. */
    @Nullable
    RequestLimits limits() {
        return limits;
    }

    /** What is written from now on belongs to the response of {@code exchange}. */
    void writes(Exchange exchange) {
        if (limits != null) {
            limits.writes(exchange);
        }
    }

    /** Bytes that were written since the last call; 0 without an access log. */
    long takeWrittenBytes() {
        return written == null ? 0 : written.take();
    }

    /** Whether long responses pause, because the client has been sent more than its limit. */
    boolean pauses() {
        return limits != null && limits.pauses();
    }

    /** The state that it shares with the other connections of its loop. */
    LoopContext loop() {
        return loop;
    }

    LoopMove move() {
        return move;
    }

    ResponseWriter writer() {
        return loop.writer();
    }

    TurnQueue turns() {
        return loop.turns();
    }

    private boolean mayBegin() {
        return line.size() < server.config().http().inFlightRequestsMax()
                && output.hasRoom()
                && (line.isEmpty() || headRoom.hasRoom())
                && !lastCame
                && !execution.isUnderWay()
                && !line.followsLive()
                && !move.isUnderWay();
    }

    /** Whether no response is owed and no request is partly received, however slowly one arrives. */
    private boolean isIdle() {
        return line.isEmpty() && !decoder.isInside();
    }

    /** Whether requests must not wait for future data: the server stops, or the client has closed its side. */
    boolean endsWaiting() {
        return inputEnded || server.isStopping(listener.kind());
    }

    /** Whether a read of the channel is under way, after which everything written is flushed. */
    boolean isReading() {
        return reading;
    }

    /** Whether nothing more is written. */
    boolean hasEnded() {
        return ends;
    }

    // ---- the loop ----

    /** Whether nothing of this connection is under way on its loop, apart from the requests in line. */
    boolean isQuiet() {
        return output.isSent()
                && !reading
                && !resumes
                && !ends
                && !inputEnded
                && !decoder.isInside()
                && !decoder.holdsBytes()
                && !decoder.awaitsRoom()
                && !execution.isUnderWay()
                && !server.isStopping(listener.kind())
                && channel.isActive();
    }

    /** The connection leaves its loop. Until it has arrived on another, it receives nothing. */
    void leaves() {
        channel.config().setAutoRead(false);
        idle.stop();
    }

    /** The connection is on another loop now, which continues what the client or the server did meanwhile. */
    void arrived() {
        LoopContext before = loop;
        loop = server.context(channel.eventLoop());
        loop.counters().connectionMoved();
        channel.pipeline().replace(before.traffic(), null, loop.traffic());
        idle.start();
        readOn();
        if (endsWaiting()) {
            endWaits();
        }
    }

    // ---- requests ----

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        if (limits != null) {
            ctx.pipeline().addAfter(ctx.name(), null, limits);
        }
        if (written != null) {
            ctx.pipeline().addAfter(ctx.name(), null, written);
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        if (!isStream) {
            loop.counters().connectionOpened(listener.isAdministrative());
            beginCounted();
        }
        ctx.fireChannelActive();
    }

    /** Leaves a connection on which no request has begun to other handlers, which count it from now on. */
    void leave() {
        isCounted = false;
        idle.stop();
        output.close();
        channel.pipeline().remove(decoder);
        if (limits != null) {
            channel.pipeline().remove(limits);
        }
        if (written != null) {
            channel.pipeline().remove(written);
        }
        channel.pipeline().remove(this);
    }

    /** Bytes of a body to read in advance: {@code most}, or fewer if the client allows fewer. */
    int windowBytes(int most) {
        return carrier.windowBytes(most);
    }

    /**
     * Resets a stream whose client has taken no byte of its response, or given no window for it, for {@code idleNanos};
     * called again and again.
     */
    void endIfStalled(long nowNanos, long idleNanos) {
        long unsent = carrier.unsentBytes();
        boolean waits = unsent > 0 || (!carrier.hasWindow() && line.awaitsClient());
        if (!waits || unsent != stalledBytes || stalledNanos == 0) {
            stalledBytes = unsent;
            stalledNanos = waits ? nowNanos : 0;
        } else if (nowNanos - stalledNanos > idleNanos) {
            channel.close();
        }
    }

    /** Resets a stream that cannot send more without a window; called when its client gives none any more. */
    void endIfBlocked() {
        if (!carrier.hasWindow() && (carrier.unsentBytes() > 0 || line.awaitsClient())) {
            channel.close();
        }
    }

    /** The connection begins, and is counted as open already. */
    void beginCounted() {
        isCounted = true;
        idle.start();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        reading = true;
        idle.touch();
        if (ends) {
            discard(message);
        } else if (message instanceof HttpRequest request) {
            lastCame = !request.keepAlive() || server.isStopping(listener.kind());
            execution.begin(add(request, lastCame), request);
        } else if (message instanceof RefusedRequest refused) {
            HttpRequest request = new HttpRequest(refused.head(), Unpooled.EMPTY_BUFFER);
            lastCame = refused.closes() || !request.keepAlive() || server.isStopping(listener.kind());
            execution.refuseHead(add(request, lastCame), request, refused.verdict());
        } else if (message instanceof MalformedRequest malformed) {
            lastCame = true;
            Exchange exchange = add(null, true);
            exchange.ready(writer().refused(exchange, malformed.refusal(), null));
        } else {
            add(null, false).ready(writer().proceed());
        }
    }

    private Exchange add(@Nullable HttpRequest request, boolean closes) {
        Exchange exchange = new Exchange(this, request, closes);
        line.add(exchange);
        return exchange;
    }

    /**
     * Releases a message that arrives after the end: a request that was being decoded, or bytes that are not decoded.
     */
    private static void discard(Object message) {
        if (message instanceof HttpRequest request) {
            request.release();
        } else {
            ReferenceCountUtil.release(message);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        reading = false;
        output.flush();
        if (ends) {
            // What the client still sends is read and dropped.
            return;
        }
        if (mayBegin()) {
            readOn();
        } else if (!isStream && (!line.followsLive() || decoder.holdsBytes())) {
            channel.config().setAutoRead(false);
        }
        if (inputEnded) {
            // The rest of a request whose body has waited, for room or for a decision, does not come any more.
            endIfNothingComes();
        }
    }

    /**
     * Reads on if a request may begin: first the bytes that the decoder keeps, then the channel. To be called after
     * each step that may have made {@link #mayBegin} true: no event of the channel causes the kept bytes to be decoded,
     * because the channel may already be reading. They are decoded in a separate piece, so that other connections of
     * the loop get their turn. After a live event stream no request may begin, but the channel is read.
     */
    void readOn() {
        boolean begins = mayBegin();
        if (reading || resumes || decoder.awaitsRoom() || !(begins || awaitsEnd())) {
            return;
        }
        if (begins && decoder.holdsBytes()) {
            resumes = true;
            turns().add(this::resume);
        } else if (!channel.config().isAutoRead() && !inputEnded) {
            decoder.readsAgain();
            channel.config().setAutoRead(true);
        }
    }

    /** Whether the channel is read only to notice that the client closes its side. */
    private boolean awaitsEnd() {
        return line.followsLive() && !decoder.holdsBytes() && !execution.isUnderWay() && !move.isUnderWay() && !ends;
    }

    private void resume() {
        resumes = false;
        decoder.resume();
        readOn();
        endIfNothingComes();
    }

    // ---- responses ----

    /** Responses were written. */
    void wrote() {
        idle.touch();
        if (!reading) {
            output.flushLater();
            readOn();
        }
        endIfNothingComes();
    }

    /** A part of a long response was written. */
    void wrotePart() {
        idle.touch();
        output.flushPartLater();
    }

    /** The client has received everything written so far, or the channel is writable again. */
    void takesMoreNow() {
        line.advance();
        LongResponse session = line.currentSession();
        if (session != null) {
            session.writable();
        }
        readOn();
        move.flushed();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (channel.isWritable()) {
            takesMoreNow();
        }
    }

    // ---- the end ----

    /**
     * A response cannot be written: the connection is closed, because the client could not know which one is missing.
     */
    void failed(Throwable fault) {
        if (channel.eventLoop().isShutdown()) {
            // A loop of another server has ended, together with its connections.
            LOG.debug("connection from {} has no loop", channel.remoteAddress(), fault);
            return;
        }
        LOG.error("connection from {} failed", channel.remoteAddress(), fault);
        channel.close();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (!channel.eventLoop().inEventLoop()) {
            // The connection has moved to another loop meanwhile.
            channel.eventLoop().execute(() -> userEventTriggered(ctx, event));
            return;
        }
        if (event == Event.STOPPING) {
            endWaits();
        } else if (event == Event.POLICY_CHANGED) {
            execution.checkLiveReads();
        } else if (event instanceof ChannelInputShutdownEvent && ends) {
            LingeringClose.inputEnded(channel);
        } else if (event instanceof ChannelInputShutdownEvent) {
            inputEnded = true;
            channel.config().setAutoRead(false);
            endWaits();
        }
    }

    private void endWaits() {
        if (move.isUnderWay()) {
            return;
        }
        line.endWaits();
        endIfNothingComes();
    }

    /** Ends the connection if no response is owed and no further request can begin. */
    private void endIfNothingComes() {
        boolean over = server.isStopping(listener.kind()) || (inputEnded && !reading && !decoder.holdsBytes());
        if (over && line.isEmpty() && !ends) {
            end();
        }
    }

    /** Ends the connection after everything written so far. */
    void end() {
        ends = true;
        lastCame = true;
        line.release();
        if (channel.pipeline().context(decoder) != null) {
            channel.pipeline().remove(decoder);
        }
        if (context != null) {
            channel.config().setAutoRead(!inputEnded);
            carrier.end(context);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (isCounted) {
            isCounted = false;
            loop.counters().connectionClosed(listener.isAdministrative());
        }
        ends = true;
        idle.stop();
        line.release();
        if (limits != null) {
            limits.close();
        }
        output.close();
        ctx.fireChannelInactive();
    }

    /**
     * A client that resets its connection, or sends what is no record of TLS, is not a fault of the server; anything
     * else is one, and ends only this connection.
     */
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof Http2Exception) {
            // The codec resets the stream with the error that the exception contains.
            LOG.debug("a stream of {} violates the protocol", channel.remoteAddress(), cause);
        } else if (cause instanceof IOException || cause.getCause() instanceof SSLException) {
            channel.close();
        } else {
            failed(cause);
        }
    }
}
