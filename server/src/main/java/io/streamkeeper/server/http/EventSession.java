package io.streamkeeper.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.concurrent.Future;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.server.config.LiveConfig;
import io.streamkeeper.server.http.respond.ReadResponses;
import io.streamkeeper.server.shard.live.LongEvent;
import io.streamkeeper.server.shard.live.SseFrame;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The output of one response of server-sent events (section 5.8). Owned by the connection's loop.
 *
 * <p>It writes the head and the events, a long event in parts, and comments while there are no events. It ends the
 * response at its longest duration, or when the credentials expire; a long event is completed first.
 */
abstract sealed class EventSession extends LongResponse permits ChangesSession, SseSession, StreamsSession {
    private static final ByteBuf LAST_CHUNK =
            Unpooled.unreleasableBuffer(Unpooled.wrappedBuffer("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII)));

    private boolean headWritten;
    private boolean wroteSince;

    /** The long event that is being written; no other is written meanwhile. */
    private @Nullable LongEvent longEvent;

    /** The response ends when that event is written. */
    private boolean finishes;

    private boolean authorizationEnded;

    /** When the response ends at the latest, on the monotonic clock. */
    private long endNanos;

    private @Nullable Future<?> keepAlive;
    private @Nullable Future<?> lifetime;

    EventSession(ConnectionHandler connection, Exchange exchange) {
        super(connection, exchange);
    }

    // ---- what it is ----

    @Override
    final boolean isLive() {
        return true;
    }

    /** Does the next step, if no long event is being written. */
    abstract void goOnWithEvents();

    /** A long event, which is released, was written completely. */
    abstract void wroteLong(LongEvent event);

    /**
     * Writes the last events, if there are any.
     *
     * @param unauthorized whether the response ends because the reader may not read any more
     */
    void writeLast(boolean unauthorized) {}

    // ---- the beginning ----

    final boolean isHeadWritten() {
        return headWritten;
    }

    /** Begins the response with {@code head}, which is created when it is known that the connection ends after it. */
    final void writeHead(Supplier<ByteBuf> head) {
        headWritten = true;
        exchange.closeAfter();
        channel.write(head.get());
        write(SseFrame.retry(channel.alloc(), connection.writer().reads().retryMillis(), exchange.isFramed()));
        LiveConfig live = connection.server().config().live();
        keepAlive = loop().scheduleWithFixedDelay(
                        this::keepAlive, live.sseKeepAliveMillis(), live.sseKeepAliveMillis(), TimeUnit.MILLISECONDS);
        endNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(live.sseSessionMillis());
        limitLifetime();
    }

    /** Ends the response at its longest duration, or when the credentials expire. */
    private void limitLifetime() {
        long sessionMillis = Math.max(0, TimeUnit.NANOSECONDS.toMillis(endNanos - System.nanoTime()));
        long authorizedMillis = exchange.authorizedMillis();
        lifetime = authorizedMillis > sessionMillis
                ? loop().schedule(this::finish, sessionMillis, TimeUnit.MILLISECONDS)
                : loop().schedule(this::endAuthorization, authorizedMillis, TimeUnit.MILLISECONDS);
    }

    /** The credentials expire at another time than before. */
    final void expiryChanged() {
        if (lifetime != null && !isOver()) {
            lifetime.cancel(false);
            limitLifetime();
        }
    }

    /**
     * Begins a response of no single stream, if the conditions of the request are met; else it is refused, and false is
     * returned.
     */
    final boolean beginOfStreams() {
        Refusal unmet = ReadResponses.unmet(exchange, null);
        if (unmet != null) {
            respond(connection.writer().outcome(exchange, unmet));
            return false;
        }
        writeHead(() -> connection.writer().reads().eventsOfStreams(exchange));
        return true;
    }

    // ---- events ----

    /** Writes an event, and owns it. */
    final void write(ByteBuf frame) {
        wroteSince = true;
        channel.write(frame);
        connection.output().flushPartLater();
    }

    /** Begins to write a long event; the caller requests the first step. */
    final void writeInParts(LongEvent event) {
        longEvent = event;
    }

    final boolean isWithinLongEvent() {
        return longEvent != null;
    }

    @Override
    final void goOn() {
        LongEvent event = longEvent;
        if (event == null) {
            goOnWithEvents();
            return;
        }
        write(event.next(channel.alloc()));
        if (!event.isOver()) {
            goOnWhenWritable();
            return;
        }
        longEvent = null;
        event.release();
        wroteLong(event);
        if (finishes) {
            finish();
        }
    }

    private void keepAlive() {
        if (!wroteSince && longEvent == null && connection.output().takesMore()) {
            channel.writeAndFlush(SseFrame.comment(channel.alloc(), exchange.isFramed()));
        }
        wroteSince = false;
    }

    // ---- the end ----

    @Override
    void stopWaiting() {
        if (headWritten) {
            finish();
        }
    }

    /** Ends the response because the reader may not read any more; before its head, a refusal is the response. */
    final void endAuthorization() {
        if (headWritten) {
            authorizationEnded = true;
            finish();
        } else if (!isOver()) {
            Refusal refusal = Refusal.of(ErrorCode.UNAUTHENTICATED, "the credentials have ended before the response");
            respond(connection.writer().outcome(exchange, refusal));
        }
    }

    /** Ends the response properly, and the connection after it (section 5.8). */
    final void finish() {
        if (isOver()) {
            return;
        }
        if (longEvent != null) {
            finishes = true;
            return;
        }
        end();
        if (headWritten) {
            writeLast(authorizationEnded);
        }
        if (headWritten && exchange.isFramed()) {
            channel.write(LAST_CHUNK.duplicate());
        }
        connection.line().advance();
    }

    @Override
    void release() {
        if (longEvent != null) {
            longEvent.release();
            longEvent = null;
        }
        if (keepAlive != null) {
            keepAlive.cancel(false);
        }
        if (lifetime != null) {
            lifetime.cancel(false);
        }
    }
}
