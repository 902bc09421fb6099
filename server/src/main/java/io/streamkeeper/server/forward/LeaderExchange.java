package io.streamkeeper.server.forward;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.concurrent.Future;
import io.streamkeeper.server.forward.LeaderResponse.Failure;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One request to the leader, and its response. Owned by its loop.
 *
 * <pre>
 *   CONNECTING ── sent ──▶ SENT ── its head ──▶ ANSWERED ── its end ──▶ OVER
 *       └─ NOT_SENT ─▶ OVER  └─ NO_RESPONSE ─▶ OVER  └─ CUT_OFF ─▶ OVER
 * </pre>
 */
public final class LeaderExchange {
    private static final long WATCH_MILLIS = 500;

    private enum State {
        CONNECTING,
        SENT,
        ANSWERED,
        OVER
    }

    private final EventLoop loop;
    private final FullHttpRequest request;
    private final LeaderResponse receiver;
    private final long silenceNanosMax;
    private final BooleanSupplier isDeposed;
    private State state = State.CONNECTING;
    private @Nullable LeaderConnection connection;
    private @Nullable Future<?> watch;
    private long progressNanos;

    /** Owns the request. */
    LeaderExchange(
            EventLoop loop,
            FullHttpRequest request,
            LeaderResponse receiver,
            long silenceMillisMax,
            BooleanSupplier isDeposed) {
        this.isDeposed = isDeposed;
        this.loop = loop;
        this.request = request;
        this.receiver = receiver;
        this.silenceNanosMax = TimeUnit.MILLISECONDS.toNanos(silenceMillisMax);
    }

    /** Reads on after the receiver has used the bytes that it has. */
    public void readMore() {
        progressNanos = System.nanoTime();
        if (connection != null) {
            connection.readMore();
        }
    }

    /** Ends the exchange without a further call of its receiver; what the leader executes is not undone. */
    public void cancel() {
        LeaderConnection open = connection;
        if (end() && open != null) {
            open.close();
        }
    }

    boolean isOver() {
        return state == State.OVER;
    }

    /** Sends the request, which now belongs to the connection. */
    void send(LeaderConnection opened) {
        if (state != State.CONNECTING) {
            opened.release();
            return;
        }
        if (!opened.isOpen()) {
            fail();
            return;
        }
        state = State.SENT;
        connection = opened;
        progressNanos = System.nanoTime();
        watch = loop.scheduleWithFixedDelay(this::watch, WATCH_MILLIS, WATCH_MILLIS, TimeUnit.MILLISECONDS);
        opened.send(request, this);
    }

    void head(int status, HttpHeaders fields) {
        state = State.ANSWERED;
        progressNanos = System.nanoTime();
        receiver.head(status, fields);
    }

    void content(ByteBuf bytes) {
        receiver.content(bytes);
    }

    void complete() {
        if (end()) {
            receiver.complete();
        }
    }

    void fail() {
        State before = state;
        if (end()) {
            receiver.failed(
                    switch (before) {
                        case CONNECTING -> Failure.NOT_SENT;
                        case SENT -> Failure.NO_RESPONSE;
                        default -> Failure.CUT_OFF;
                    });
        }
    }

    /** Gives the leader up when it leads no more, or has sent nothing for too long although bytes are awaited. */
    private void watch() {
        LeaderConnection open = connection;
        if (open == null) {
            return;
        }
        boolean isSilent = System.nanoTime() - progressNanos > silenceNanosMax;
        if (!open.awaitsBytes()) {
            progressNanos = System.nanoTime();
        } else if (isSilent || (state == State.SENT && isDeposed.getAsBoolean())) {
            open.close();
            fail();
        }
    }

    private boolean end() {
        if (state == State.OVER) {
            return false;
        }
        if (state == State.CONNECTING) {
            request.release();
        }
        state = State.OVER;
        connection = null;
        if (watch != null) {
            watch.cancel(false);
        }
        return true;
    }
}
