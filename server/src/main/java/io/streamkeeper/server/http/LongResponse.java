package io.streamkeeper.server.http;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.streamkeeper.server.http.respond.Response;
import io.streamkeeper.server.shard.TurnQueue;

/**
 * A response that is written in steps while its exchange is the first in line. Owned by the connection's loop.
 *
 * <p>A step that follows another is a piece of the loop's {@link TurnQueue}, so that long responses take turns with all
 * else that the loop does. What a step throws costs the connection.
 *
 * <pre>
 *   NEW ──start: its turn has come──▶ STARTED ──▶ OVER
 *    └─────────────── end ────────────────────────▲
 * </pre>
 */
abstract sealed class LongResponse permits CatchUpResponse, PiecesResponse, SseSession {
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

    /** Whether it follows the stream, so that no other request comes after it. */
    abstract boolean isLive();

    /** Its turn has come; called once. */
    abstract void begin();

    /** Does its next step. */
    abstract void goOn();

    /** No response waits for future data any more. */
    abstract void stopWaiting();

    /** It is over: releases what it holds. Called once. */
    abstract void release();

    // ---- steps ----

    /** Its turn has come. Returns false if it had come before. */
    final boolean start() {
        if (started) {
            return false;
        }
        started = true;
        begin();
        return true;
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

    /** Does the next step later, when the client takes what it brings. */
    final void goOnWhenWritable() {
        awaitsRoom = !connection.output().takesMore();
        if (!awaitsRoom) {
            goOnLater();
        }
    }

    /** The channel takes more. */
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

    /** Ends it: all of it is written, or the client does not receive the rest. */
    final void end() {
        if (!over) {
            over = true;
            release();
        }
    }

    /** Takes the place of what it has not begun to write: an ordinary response. */
    final void respond(Response response) {
        end();
        exchange.session(null);
        exchange.response(response);
        connection.line().advance();
    }
}
