package io.streamkeeper.server.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.util.ReferenceCountUtil;
import io.streamkeeper.server.http.decode.HeadRoom;
import io.streamkeeper.server.http.decode.RequestDecoder;
import io.streamkeeper.server.http.request.HttpRequest;
import io.streamkeeper.server.http.request.MalformedRequest;
import io.streamkeeper.server.http.respond.ResponseWriter;
import io.streamkeeper.server.shard.TurnQueue;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection of HTTP/1.1: takes requests from its {@link RequestDecoder}, has them executed by
 * {@link RequestExecution}, and writes the responses in the order of the {@link ExchangeLine} through
 * {@link ConnectionOutput}. Owned by the connection's loop.
 *
 * <p>As many requests may be in line as the limits allow; beyond that, and while the client does not read, nothing more
 * is read from it.
 */
final class ConnectionHandler extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(ConnectionHandler.class);

    /** What the server announces to its connections. */
    enum Event {
        /** No response except those which are owed by now. */
        STOPPING
    }

    private final HttpServer server;
    private final Listener listener;
    private final Channel channel;
    private final LoopContext loop;
    private final RequestDecoder decoder;
    private final RequestExecution execution;
    private final ExchangeLine line;
    private final ConnectionOutput output;
    private final IdleTimer idle;
    private final HeadRoom headRoom;
    private boolean isCounted;
    private boolean reading;
    private boolean resumes;
    private boolean lastCame;
    private boolean inputEnded;
    private boolean ends;
    private @Nullable ChannelHandlerContext context;

    ConnectionHandler(HttpServer server, Listener listener, Channel channel, LoopContext loop) {
        this.server = server;
        this.listener = listener;
        this.channel = channel;
        this.loop = loop;
        this.headRoom = new HeadRoom(server.memory().heads());
        this.line = new ExchangeLine(this);
        this.execution = new RequestExecution(this, loop);
        this.output = new ConnectionOutput(this, loop.flushes(), server.memory().unsent());
        this.decoder = new RequestDecoder(
                server.config().http(),
                server.bodyRoom(),
                headRoom,
                server.memory().received(),
                this::mayBegin);
        this.idle = new IdleTimer(channel, server.config().http().idleTimeoutMillis(), this::isIdle);
    }

    RequestDecoder decoder() {
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
                && !execution.isSplitting()
                && !line.followsLive();
    }

    /** Whether nothing is owed and no request comes in, however long that takes. */
    private boolean isIdle() {
        return line.isEmpty() && !decoder.isInside();
    }

    /** Whether no request waits for future data: the server stops, or the client has closed its side. */
    boolean endsWaiting() {
        return inputEnded || server.isStopping();
    }

    /** Whether a read of the channel is under way, after which all that was written is flushed. */
    boolean isReading() {
        return reading;
    }

    /** Whether nothing more is written. */
    boolean hasEnded() {
        return ends;
    }

    // ---- requests ----

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        isCounted = true;
        loop.counters().connectionOpened(listener.isAdministrative());
        idle.start();
        ctx.fireChannelActive();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        reading = true;
        idle.touch();
        if (ends) {
            discard(message);
        } else if (message instanceof HttpRequest request) {
            lastCame = !request.keepAlive() || server.isStopping();
            execution.begin(add(request, lastCame), request);
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

    /** What follows the end: a request that was being decoded, or bytes that are not decoded any more. */
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
        if (mayBegin()) {
            readOn();
        } else if (!line.followsLive() || decoder.holdsBytes()) {
            channel.config().setAutoRead(false);
        }
    }

    /**
     * Reads on if a request may begin: first the bytes that the decoder keeps, then the channel. To be called after
     * each step that may have made {@link #mayBegin} true; the kept bytes never wait for a step of the channel, which
     * may have been read all the time. They are decoded in a piece of their own, so that others of the loop get their
     * turn.
     */
    void readOn() {
        if (reading || resumes || !mayBegin() || decoder.awaitsRoom()) {
            return;
        }
        if (decoder.holdsBytes()) {
            resumes = true;
            turns().add(this::resume);
        } else if (!channel.config().isAutoRead() && !inputEnded) {
            decoder.readsAgain();
            channel.config().setAutoRead(true);
        }
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

    /** The client has taken everything that it had not, or the channel is writable again. */
    void takesMoreNow() {
        line.advance();
        LongResponse session = line.currentSession();
        if (session != null) {
            session.writable();
        }
        readOn();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (channel.isWritable()) {
            takesMoreNow();
        }
    }

    // ---- the end ----

    /** A response cannot be written: the connection ends, because the client could not know which one is missing. */
    void failed(Throwable fault) {
        if (channel.eventLoop().isShutdown()) {
            // A loop of another server has ended, and its connections with it.
            LOG.debug("connection from {} has no loop", channel.remoteAddress(), fault);
            return;
        }
        LOG.error("connection from {} failed", channel.remoteAddress(), fault);
        channel.close();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == Event.STOPPING) {
            endWaits();
        } else if (event instanceof ChannelInputShutdownEvent && ends) {
            LingeringClose.inputEnded(channel);
        } else if (event instanceof ChannelInputShutdownEvent) {
            inputEnded = true;
            channel.config().setAutoRead(false);
            endWaits();
        }
    }

    private void endWaits() {
        line.endWaits();
        endIfNothingComes();
    }

    /** Ends the connection if no response is owed and no request is begun any more. */
    private void endIfNothingComes() {
        boolean over = server.isStopping() || (inputEnded && !reading && !decoder.holdsBytes());
        if (over && line.isEmpty() && !ends) {
            end();
        }
    }

    /** Ends the connection after what is written by now. */
    void end() {
        ends = true;
        lastCame = true;
        line.release();
        if (channel.pipeline().context(decoder) != null) {
            channel.pipeline().remove(decoder);
        }
        if (context != null) {
            channel.config().setAutoRead(!inputEnded);
            LingeringClose.close(context, false);
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
        output.close();
        ctx.fireChannelInactive();
    }

    /**
     * A client that resets its connection is no fault of the server; anything else is, and costs this connection only.
     */
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof IOException) {
            channel.close();
        } else {
            failed(cause);
        }
    }
}
