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
 * <p>A request waits until it is its side's turn, and so does all input after it. The connection reads nothing more
 * until then, so at most the input of one read waits. A separate task passes on waiting requests: no handler receives
 * one while it writes its response to the previous one.
 *
 * <pre>
 *   SHARED ──a response is the last──▶ ENDING ──┐
 *   │   └────101, or CONNECT granted─▶ SWITCHED ─┴──▶ GONE
 *   └──closed, or the mount removed────────────────────▲
 * </pre>
 */
final class ForeignConnection {
    private enum State {
        /** Requests are passed to their sides. */
        SHARED,
        /** No more requests begin, because a response has declared itself the last. */
        ENDING,
        /** The input is no longer HTTP, so all of it is passed to the other handlers. */
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

    /** The side that receives the current or most recent request. */
    private Side inbound = Side.NONE;

    private boolean midRequest;

    // Whether the mount kept messages of the current read, and whether it passed some to the other handlers.
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

    /** Takes ownership of a message that the channel has read. */
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

    /** Requests that the codec could not read belong to the other handlers. */
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
     * Records that a message is not passed to the handlers after the mount. A message that an earlier handler has held
     * back may arrive without a {@code channelReadComplete}, so the end of the loop's turn counts as one.
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

    /** All input of one read has been received. */
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

    /** A handler has requested a read of the channel. */
    void read() {
        reads.read(holdsReads());
    }

    /** Resumes or suspends reading, if the state requires it. */
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

    /** The side whose turn it is has answered a request. */
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

    /** The channel has become writable or unwritable. */
    void writabilityChanged() {
        streams.writabilityChanged();
    }

    // ---- closing ----

    /** Ends the connection after Streamkeeper's response. */
    void end() {
        if (state == State.SHARED) {
            beginNothing();
            readingMayChange();
            LingeringClose.close(context, midRequest);
        }
    }

    /** Ends the connection at once, and leaves Streamkeeper's response incomplete. */
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

    /** Releases everything, because the mount is removed from the pipeline; called once. */
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
