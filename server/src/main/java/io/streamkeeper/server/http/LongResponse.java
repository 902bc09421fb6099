package io.streamkeeper.server.http;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.server.http.respond.Response;
import io.streamkeeper.server.shard.TurnQueue;

/**
 * A response that is written in steps while its exchange is the first in line. Owned by the connection's loop.
 *
 * <p>Each step after the first is a piece of the loop's {@link TurnQueue}, so that long responses take turns with the
 * other work of the loop. A step that throws ends the connection.
 *
 * <pre>
 *   NEW ──start: its turn has come──▶ STARTED ──▶ OVER
 *    └─────────────── end ────────────────────────▲
 * </pre>
 */
abstract sealed class LongResponse permits CatchUpResponse, EventSession, ForwardedResponse, PiecesResponse {
    final ConnectionHandler connection;
    final Channel channel;
    final Exchange exchange;
    private boolean started;
    private boolean over;
    private boolean queued;
    private boolean awaitsRoom;

    LongResponse(ConnectionHandler connection, Exchange exchange) {
        this.connection = connection;
        this.channel = connection.channel();
        this.exchange = exchange;
    }

    public final EventLoop loop() {
        return channel.eventLoop();
    }

    public final TurnQueue turns() {
        return connection.turns();
    }

    // ---- what it is ----

    /** Whether it follows the stream live, so that no further request is accepted after it. */
    abstract boolean isLive();

    /** Begins the response, whose turn has come; called once. */
    abstract void begin();

    /** Does the next step. */
    abstract void goOn();

    /** Called when responses may no longer wait for future data. */
    abstract void stopWaiting();

    /** Releases what the response holds, at its end. Called once. */
    abstract void release();

    // ---- steps ----

    /**
     * Starts the response, whose turn has come, or refuses it if the client may not read any more. Returns false if it
     * was started before.
     */
    final boolean start() {
        if (started) {
            return false;
        }
        Refusal lapsed = connection.execution().lapsed(exchange);
        if (lapsed != null) {
            respond(connection.writer().refused(exchange, lapsed, null));
            return true;
        }
        started = true;
        exchange.turnHasCome();
        countLive(1);
        begin();
        return true;
    }

    private void countLive(int more) {
        if (isLive()) {
            connection.loop().counters().eventStreams(more);
        }
    }

    final boolean isStarted() {
        return started;
    }

    /** Does the next step later. */
    final void goOnLater() {
        if (!queued) {
            queued = true;
            turns().add(this::step);
        }
    }

    /** Does the next step later, when the client can receive more bytes. */
    final void goOnWhenWritable() {
        awaitsRoom = !connection.output().takesMore();
        if (!awaitsRoom) {
            goOnLater();
        }
    }

    /** Whether the next step waits until the client can receive more bytes. */
    final boolean awaitsRoom() {
        return awaitsRoom;
    }

    /** The channel can take more bytes. */
    final void writable() {
        if (awaitsRoom) {
            goOnWhenWritable();
        }
    }

    private void step() {
        queued = false;
        if (over) {
            return;
        }
        try {
            goOn();
        } catch (RuntimeException | Error e) {
            connection.failed(e);
        }
    }

    // ---- the end ----

    /** Whether nothing more of it is written. */
    final boolean isOver() {
        return over;
    }

    /** Ends the response: it is written completely, or the client does not receive the rest. */
    final void end() {
        if (!over) {
            over = true;
            if (started) {
                countLive(-1);
            }
            release();
        }
    }

    /** Ends this response before its first byte, and sends an ordinary response in its place. */
    final void respond(Response response) {
        end();
        exchange.session(null);
        exchange.response(response);
        connection.line().advance();
    }
}
