package io.streamkeeper.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.streamkeeper.protocol.Command;
import io.streamkeeper.protocol.Outcome;
import io.streamkeeper.server.config.LiveConfig;
import io.streamkeeper.server.http.decode.HeadRoom;
import io.streamkeeper.server.http.decode.HttpRequest;
import io.streamkeeper.server.http.decode.MalformedRequest;
import io.streamkeeper.server.http.decode.RequestDecoder;
import io.streamkeeper.server.shard.BodySplitting;
import io.streamkeeper.server.shard.LongPoll;
import io.streamkeeper.server.shard.LoopTasks;
import io.streamkeeper.server.shard.Shard;
import io.streamkeeper.server.shard.TurnQueue;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection: hands requests to their shards as they come and writes the responses in the same order (RFC 9112
 * section 9.3.2). Owned by the connection's loop.
 *
 * <p>An {@link Exchange} waits in line until those before it are written. As many may wait as the limits allow; beyond
 * that, and while the client does not read, nothing more is read from it.
 */
final class ConnectionHandler extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(ConnectionHandler.class);

    /** A longer body was read with memory of a budget, which counts it until it has left. */
    private static final int BODY_COUNTED_BYTES_MIN = 16 << 10;

    /** What the server tells its connections. */
    enum Event {
        /** No response but those which are owed by now. */
        STOPPING
    }

    private final HttpServer server;
    private final Channel channel;
    private final LoopContext loop;
    private final RequestDecoder decoder;
    private final Deque<Exchange> line = new ArrayDeque<>();
    private final IdleTimer idle;
    private final HeadRoom headRoom;
    private final UnsentBytes unsent;
    private boolean reading;
    private boolean writing;
    private boolean flushes;
    private boolean resumes;
    private boolean lastCame;
    private boolean inputEnded;
    private boolean splits;
    private boolean ends;
    private @Nullable ChannelHandlerContext context;

    ConnectionHandler(HttpServer server, Channel channel) {
        this.server = server;
        this.channel = channel;
        this.loop = server.context(channel.eventLoop());
        this.headRoom = new HeadRoom(server.memory().heads());
        this.unsent = new UnsentBytes(server.memory().unsent(), channel, this::allSent);
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

    Channel channel() {
        return channel;
    }

    /** The scheme of the URLs that clients use here: a mounted connection may be one of TLS. */
    String scheme() {
        Channel parent = channel.parent();
        return isTls(channel) || (parent != null && isTls(parent)) ? "https" : "http";
    }

    private static boolean isTls(Channel channel) {
        return channel.pipeline().get(SslHandler.class) != null;
    }

    ResponseWriter writer() {
        return loop.writer();
    }

    TurnQueue turns() {
        return loop.turns();
    }

    private boolean mayBegin() {
        return line.size() < server.config().http().inFlightRequestsMax()
                && channel.isWritable()
                && unsent.hasRoom()
                && (line.isEmpty() || headRoom.hasRoom())
                && !lastCame
                && !splits
                && !followsLive();
    }

    /** Whether nothing is owed and no request comes in, however long that takes. */
    private boolean isIdle() {
        return line.isEmpty() && !decoder.isInside();
    }

    /** Whether the last request is for events: no other follows it, but that the client closes its side is noticed. */
    private boolean followsLive() {
        Exchange last = line.peekLast();
        return last != null && last.session() != null && last.session().isLive();
    }

    /** Whether nobody waits for data to come: the server stops, or the client has closed its side. */
    boolean endsWaiting() {
        return inputEnded || server.isStopping();
    }

    // ---- requests ----

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
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
            begin(request);
        } else if (message instanceof MalformedRequest malformed) {
            Exchange exchange = new Exchange(this, null, true);
            lastCame = true;
            line.add(exchange);
            ready(exchange, writer().refused(exchange, malformed.refusal(), null));
        } else {
            Exchange exchange = new Exchange(this, null, false);
            line.add(exchange);
            ready(exchange, writer().proceed());
        }
    }

    /** What comes behind the end: a request that was being decoded, or bytes that nobody decodes any more. */
    private static void discard(Object message) {
        if (message instanceof HttpRequest request) {
            request.release();
        } else {
            ReferenceCountUtil.release(message);
        }
    }

    private void begin(HttpRequest request) {
        lastCame = !request.keepAlive() || server.isStopping();
        Exchange exchange = new Exchange(this, request, lastCame);
        line.add(exchange);
        BodySplitting splitting = loop.parser().begin(request);
        if (splitting == null) {
            carryOut(exchange, request);
        } else {
            splits = true;
            splitLater(exchange, request, splitting);
        }
    }

    /** Splits a long body, piece by piece; no other request begins meanwhile, so that requests are carried out in order. */
    private void splitLater(Exchange exchange, HttpRequest request, BodySplitting splitting) {
        turns().add(() -> {
            if (ends || !channel.isActive()) {
                splitting.release();
            } else {
                split(exchange, request, splitting);
            }
        });
    }

    private void split(Exchange exchange, HttpRequest request, BodySplitting splitting) {
        boolean isSplit;
        try {
            isSplit = splitting.step();
        } catch (RuntimeException | Error e) {
            splitting.release();
            failed(e);
            return;
        }
        if (!isSplit) {
            splitLater(exchange, request, splitting);
            return;
        }
        splits = false;
        carryOut(exchange, request.withBody(splitting.body()));
        readOn();
    }

    private void carryOut(Exchange exchange, HttpRequest request) {
        Intent intent = loop.parser().parse(request);
        if (intent instanceof Intent.OnStream onStream) {
            begin(exchange, onStream.command());
        } else if (intent instanceof Intent.Refused refused) {
            ready(exchange, writer().refused(exchange, refused.refusal(), refused.allow()));
        } else if (intent instanceof Intent.Preflight) {
            ready(exchange, writer().preflight(exchange));
        } else if (intent instanceof Intent.Health) {
            ready(
                    exchange,
                    writer().health(
                                    exchange,
                                    server.isStopping(),
                                    server.shards().failure()));
        } else {
            throw new IllegalArgumentException("an intent of the unknown type " + intent.getClass());
        }
    }

    private void begin(Exchange exchange, Command command) {
        Shard shard = server.shards().of(command.path());
        int readBytesMax = server.config().read().windowBytes();
        if (!(command instanceof Command.Read read)) {
            shard.execute(command, readBytesMax, exchange);
            return;
        }
        exchange.read(read);
        switch (read.live()) {
            case NONE -> {
                CatchUpResponse answer = new CatchUpResponse(this, exchange, shard);
                exchange.session(answer);
                answer.open(line.size() == 1);
                advance();
            }
            case LONG_POLL -> {
                if (line.size() == 1) {
                    poll(exchange, shard);
                }
            }
            case SSE -> {
                exchange.session(new SseSession(this, exchange, shard));
                advance();
            }
        }
    }

    /** Begins a poll, which is when its turn has come: a connection holds one answer at a time that is not small. */
    private void poll(Exchange exchange, Shard shard) {
        Command.Read read = exchange.read();
        int readBytesMax = server.config().read().windowBytes();
        LongPoll poll = new LongPoll(read, readBytesMax, timeoutMillis(read), channel.eventLoop(), exchange);
        exchange.poll(poll);
        shard.poll(poll);
    }

    private long timeoutMillis(Command.Read read) {
        if (endsWaiting()) {
            return 0;
        }
        LiveConfig live = server.config().live();
        return read.timeoutMillis() < 0
                ? live.longPollTimeoutMillis()
                : Math.min(read.timeoutMillis(), live.longPollTimeoutMillisMax());
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        reading = false;
        flush();
        if (mayBegin()) {
            readOn();
        } else if (!followsLive() || decoder.holdsBytes()) {
            channel.config().setAutoRead(false);
        }
    }

    // ---- responses ----

    /** Takes an exchange's outcome, from whichever thread it comes. Fails nobody but this connection. */
    void complete(Exchange exchange, Outcome outcome) {
        LoopTasks.run(channel.eventLoop(), () -> {
            try {
                respond(exchange, outcome);
            } catch (RuntimeException | Error e) {
                failed(e);
            }
        });
    }

    /** A response cannot be made: the connection ends, as the client could not tell which one is missing. */
    void failed(Throwable fault) {
        if (channel.eventLoop().isShutdown()) {
            // A loop of somebody else has ended, and its connections with it.
            LOG.debug("connection from {} has no loop", channel.remoteAddress(), fault);
            return;
        }
        LOG.error("connection from {} failed", channel.remoteAddress(), fault);
        channel.close();
    }

    private void respond(Exchange exchange, Outcome outcome) {
        if (!channel.isActive()) {
            if (outcome instanceof Outcome.Chunk chunk) {
                chunk.bytes().release();
            }
        } else {
            ready(exchange, writer().outcome(exchange, outcome));
        }
    }

    private void ready(Exchange exchange, Response response) {
        if (ends || !channel.isActive()) {
            response.release();
            return;
        }
        exchange.response(response);
        if (line.peek() != exchange && !mayWait(exchange, response)) {
            return;
        }
        advance();
    }

    /** An answer whose turn has not come is counted until then; where there is no room, the connection ends. */
    private boolean mayWait(Exchange exchange, Response response) {
        exchange.waitingBytes(response.memoryBytes());
        if (unsent.waits(exchange.waitingBytes())) {
            return true;
        }
        closeUnsent();
        return false;
    }

    private void closeUnsent() {
        LOG.debug(
                "connection from {} ends: it does not take its answers, and others need the memory",
                channel.remoteAddress());
        channel.close();
    }

    /** Writes what has come to the front of the line. */
    void advance() {
        if (writing) {
            return;
        }
        writing = true;
        boolean moved = false;
        while (!ends && !line.isEmpty()) {
            Exchange first = line.element();
            Response response = first.response();
            LongResponse session = first.session();
            if (response != null) {
                line.remove();
                dropped(first);
                write(response);
                moved = true;
            } else if (session != null && session.isOver()) {
                line.remove();
                dropped(first);
                sessionEnded(first);
                moved = true;
            } else if (!start(first)) {
                break;
            }
        }
        writing = false;
        if (moved) {
            afterWriting();
        }
    }

    /**
     * Begins what begins in its turn, when the client has taken what came before: so a connection holds one answer that is not
     * small. Returns false if it has begun before, began at once, or has to wait.
     */
    private boolean start(Exchange first) {
        if (!takesMore()) {
            return false;
        }
        if (first.session() != null) {
            return first.session().start();
        }
        if (!first.isPollToBegin()) {
            return false;
        }
        poll(first, server.shards().of(first.read().path()));
        return true;
    }

    /** Gives back what an exchange took that has left the line. */
    private void dropped(Exchange exchange) {
        headRoom.giveBack(exchange.headMemoryBytes());
        unsent.waitsNoMore(exchange.waitingBytes());
    }

    private void write(Response response) {
        channel.write(response.head(), channel.voidPromise());
        if (response.body().readableBytes() > BODY_COUNTED_BYTES_MIN) {
            writeCounted(response.body());
        } else {
            writeIfAny(response.body());
        }
        writeIfAny(response.tail());
        if (response.close()) {
            end();
        }
    }

    /** Writes bytes that some budget counts until they have left. */
    ChannelFuture writeCounted(ByteBuf bytes) {
        return channel.write(bytes, unsent.counted(bytes.readableBytes()));
    }

    private void writeIfAny(ByteBuf buffer) {
        if (buffer.isReadable()) {
            channel.write(buffer, channel.voidPromise());
        } else {
            buffer.release();
        }
    }

    private void afterWriting() {
        idle.touch();
        if (!reading) {
            flushLater();
            readOn();
        }
        endIfNothingComes();
    }

    /** Ends the connection if no response is owed and no request is begun any more. */
    private void endIfNothingComes() {
        boolean over = server.isStopping() || (inputEnded && !reading && !decoder.holdsBytes());
        if (over && line.isEmpty() && !ends) {
            end();
        }
    }

    /** A part of a long response was written. */
    void wrotePart() {
        idle.touch();
        flushPartLater();
    }

    /** Flushes at the end of the turn, once for all that was written in it. */
    private void flushLater() {
        if (!reading && !flushes) {
            flushes = true;
            loop.flushes().addResponse(this::flushNow);
        }
    }

    /** The same where a part of a long response was written, which others need not wait for. */
    void flushPartLater() {
        if (!reading && !flushes) {
            flushes = true;
            loop.flushes().addPart(this::flushNow);
        }
    }

    /** The end of the turn. */
    private void flushNow() {
        flushes = false;
        try {
            flush();
        } catch (RuntimeException | Error e) {
            failed(e);
        }
    }

    private void flush() {
        channel.flush();
        if (!unsent.flushed()) {
            closeUnsent();
        }
    }

    /** Whether the client has taken what was written, so that more would not wait. */
    boolean takesMore() {
        return channel.isWritable() && unsent.isNone();
    }

    /** The client has taken everything that it had not. */
    private void allSent() {
        channelTakesMore();
    }

    private void channelTakesMore() {
        advance();
        Exchange first = line.peek();
        if (first != null && first.session() != null) {
            first.session().writable();
        }
        readOn();
    }

    /**
     * Reads on if a request may begin: first the bytes that the decoder keeps, then the channel. To be called after each
     * step that may have made {@link #mayBegin} true; the kept bytes never wait for a step of the channel, which may have
     * been read all the time. They are decoded in a piece of their own, so that others of the loop get their turn.
     */
    private void readOn() {
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

    // ---- events ----

    private void sessionEnded(Exchange exchange) {
        if (exchange.closes()) {
            end();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (channel.isWritable()) {
            channelTakesMore();
        }
    }

    // ---- the end ----

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

    /** What waits for data to come is answered; what else is owed is too. */
    private void endWaits() {
        for (Exchange exchange : List.copyOf(line)) {
            stopWaiting(exchange);
        }
        endIfNothingComes();
    }

    private void stopWaiting(Exchange exchange) {
        LongPoll poll = exchange.poll();
        if (poll != null) {
            poll.timeOut(server.shards().of(exchange.read().path()));
        }
        LongResponse session = exchange.session();
        if (session != null) {
            session.stopWaiting();
        }
    }

    /** Ends the connection after what is written by now. */
    private void end() {
        ends = true;
        lastCame = true;
        releaseLine();
        if (channel.pipeline().context(decoder) != null) {
            channel.pipeline().remove(decoder);
        }
        if (context != null) {
            channel.config().setAutoRead(!inputEnded);
            LingeringClose.close(context, false);
        }
    }

    private void releaseLine() {
        for (Exchange exchange : line) {
            dropped(exchange);
            Response response = exchange.response();
            if (response != null) {
                response.release();
            }
            LongPoll poll = exchange.poll();
            if (poll != null) {
                poll.cancel(server.shards().of(exchange.read().path()));
            }
            if (exchange.session() != null) {
                exchange.session().end();
            }
        }
        line.clear();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        ends = true;
        idle.stop();
        releaseLine();
        unsent.close();
        ctx.fireChannelInactive();
    }

    /** A client that resets its connection is no fault of the server; anything else is, and costs this connection only. */
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof IOException) {
            channel.close();
        } else {
            failed(cause);
        }
    }
}
