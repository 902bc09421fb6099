package io.streamkeeper.server.mount;

import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.streamkeeper.server.http.LingeringClose;
import java.util.ArrayDeque;

/**
 * One connection of another server, on which Streamkeeper and the server's own handlers take turns. Used by the
 * connection's event loop only.
 *
 * <p>A request whose side is not in turn waits, and so does all that follows it; meanwhile nothing more is read, so
 * what waits is what one read brings. Requests go on in a task of their own: no handler gets one while it writes its
 * answer to the one before.
 *
 * <pre>
 *   SHARED ──a response is the last──▶ ENDING ──┐
 *   │   └────101, or CONNECT granted─▶ SWITCHED ─┴──▶ GONE
 *   └──closed, or the mount removed────────────────────▲
 * </pre>
 */
final class ForeignConnection {
    private enum State {
        /** Requests are given to their sides. */
        SHARED,
        /** No request is begun any more: a response has said that it is the last. */
        ENDING,
        /** Nothing that comes is HTTP any more, so all of it is for the other handlers. */
        SWITCHED,
        /** There is no connection any more. */
        GONE
    }

    private final ChannelHandlerContext context;
    private final MountRoot root;
    private final ResponseOrder order = new ResponseOrder();
    private final HandlerResponses responses = new HandlerResponses();
    private final HeldReads reads;
    private final StreamSide streams;
    private final ArrayDeque<HttpObject> waiting = new ArrayDeque<>();
    private State state = State.SHARED;

    /** Who takes the request that is coming in, or came last. */
    private Side inbound = Side.NONE;

    private boolean midRequest;

    // Whether messages of the current read were for this side, and whether some were for the other handlers.
    private boolean took;
    private boolean passedOn;

    private boolean settles;
    private boolean goesOn;

    ForeignConnection(ChannelHandlerContext context, MountRoot root, ChannelHandler initializer) {
        this.context = context;
        this.root = root;
        this.reads = new HeldReads(context);
        this.streams = new StreamSide(context, initializer, this, order);
    }

    boolean isShared() {
        return state == State.SHARED;
    }

    // ---- input ----

    /** Takes over a message that the channel has read. */
    void receive(Object message) {
        if (!(message instanceof HttpObject part)) {
            passOn(message);
        } else if (waiting.isEmpty() && mayGoOn(part)) {
            give(part);
        } else {
            take();
            waiting.add(part);
        }
    }

    private boolean mayGoOn(HttpObject part) {
        return !(part instanceof HttpRequest request) || state != State.SHARED || order.mayBegin(sideOf(request));
    }

    /** A request that the codec could not read is no request to Streamkeeper. */
    private Side sideOf(HttpRequest request) {
        return request.decoderResult().isSuccess() && root.holds(request.uri()) ? Side.STREAMS : Side.HANDLERS;
    }

    private void give(HttpObject part) {
        if (state == State.SWITCHED) {
            passOn(part);
            return;
        }
        if (part instanceof HttpRequest request) {
            begin(request);
        }
        midRequest = !(part instanceof LastHttpContent);
        switch (inbound) {
            case STREAMS -> {
                take();
                streams.give(part);
            }
            case HANDLERS -> passOn(part);
            case NONE -> {
                take();
                ReferenceCountUtil.release(part);
            }
        }
    }

    private void begin(HttpRequest request) {
        inbound = state == State.SHARED ? sideOf(request) : Side.NONE;
        if (inbound != Side.NONE) {
            order.begin(inbound, request.method());
        }
    }

    /**
     * A message is not for the handlers after the mount. One that a handler before has held back may come without a
     * {@code channelReadComplete}, so the turn's end is as good as that.
     */
    private void take() {
        took = true;
        if (!settles) {
            settles = true;
            context.executor().execute(this::turnEnded);
        }
    }

    private void turnEnded() {
        settles = false;
        if (took) {
            settle();
        }
    }

    private void passOn(Object message) {
        passedOn = true;
        context.fireChannelRead(message);
    }

    /** What one read has brought is all there. */
    void readComplete() {
        settle();
        context.fireChannelReadComplete();
    }

    private void settle() {
        boolean noneElseReads = took && !passedOn;
        passedOn = false;
        streams.readComplete();
        took = false;
        if (noneElseReads && !context.channel().config().isAutoRead()) {
            read();
        }
        readingMayChange();
    }

    // ---- reading ----

    /** The channel is asked to read. */
    void read() {
        reads.read(holdsReads());
    }

    /** Reads on, or holds the reading back, if it is time for the one or the other. */
    void readingMayChange() {
        if (!took && state != State.GONE) {
            reads.update(holdsReads());
        }
    }

    private boolean holdsReads() {
        return state == State.SHARED && (!waiting.isEmpty() || streams.isBusy());
    }

    // ---- output ----

    /** Writes a message of the other handlers. */
    void write(Object message, ChannelPromise promise) {
        if (!order.owes(Side.HANDLERS)) {
            context.write(message, promise);
            return;
        }
        HandlerResponses.Progress progress = responses.see(message, order.first());
        context.write(message, promise);
        switch (progress) {
            case GOES_ON -> {}
            case ANSWERED -> handlersAnswered();
            case SWITCHED -> switched();
        }
    }

    private void handlersAnswered() {
        if (responses.closes() && state == State.SHARED) {
            state = State.ENDING;
            releaseWaiting();
        }
        answered();
    }

    /** The side that is in turn has answered a request. */
    void answered() {
        order.answered();
        if (order.owesNothing()) {
            goOnLater();
        }
    }

    private void goOnLater() {
        if (!waiting.isEmpty() && !goesOn) {
            goesOn = true;
            context.executor().execute(this::goOn);
        }
    }

    private void goOn() {
        goesOn = false;
        while (!waiting.isEmpty() && mayGoOn(waiting.element())) {
            give(waiting.remove());
        }
        readComplete();
    }

    private void switched() {
        if (state == State.SHARED) {
            state = State.SWITCHED;
            streams.close();
            goOnLater();
        }
    }

    /** The channel takes more, or does not. */
    void writabilityChanged() {
        streams.writabilityChanged();
    }

    // ---- the end ----

    /** Ends the connection after what Streamkeeper has answered. */
    void end() {
        if (state == State.SHARED) {
            beginNothing();
            readingMayChange();
            LingeringClose.close(context, midRequest);
        }
    }

    /** Ends the connection at once: what Streamkeeper has begun to answer does not become whole. */
    void breakOff() {
        beginNothing();
        context.channel().close();
    }

    private void beginNothing() {
        state = State.ENDING;
        inbound = Side.NONE;
        releaseWaiting();
    }

    /** The client has closed its sending side, and the foreign server allows that. */
    void inputEnded() {
        if (state == State.ENDING) {
            LingeringClose.inputEnded(context.channel());
        } else {
            streams.inputEnded();
        }
    }

    /** There is no connection any more. */
    void gone() {
        state = State.GONE;
        releaseWaiting();
        streams.close();
    }

    /** Releases everything, because the mount leaves the pipeline; called once. */
    void release() throws Exception {
        gone();
        if (context.channel().isActive()) {
            reads.update(false);
        }
        streams.release();
    }

    private void releaseWaiting() {
        while (!waiting.isEmpty()) {
            ReferenceCountUtil.release(waiting.remove());
        }
    }
}
