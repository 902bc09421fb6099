package io.streamkeeper.server.http;

import io.streamkeeper.server.shard.TurnQueue;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The connections of one event loop that have something to flush at the end of the turn: one task for all of them, so that
 * an event for a thousand subscribers costs a thousand writes to sockets and not as many tasks too. They are flushed
 * {@value #PIECE_CONNECTIONS} at a time in pieces of the loop's {@link TurnQueue}, because a write to a socket is what takes
 * long. Owned by that loop.
 */
final class FlushQueue {
    /** Connections that are flushed in one piece. */
    static final int PIECE_CONNECTIONS = 16;

    private final TurnQueue turns;
    private final Deque<ConnectionHandler> waiting = new ArrayDeque<>();
    private boolean flushes;

    FlushQueue(TurnQueue turns) {
        this.turns = turns;
    }

    /** Has a connection flushed at the end of the turn; it is to be added once only until then. */
    void add(ConnectionHandler connection) {
        waiting.add(connection);
        if (!flushes) {
            flushes = true;
            turns.add(this::piece);
        }
    }

    private void piece() {
        for (int i = 0; i < PIECE_CONNECTIONS && !waiting.isEmpty(); i++) {
            waiting.remove().flushNow();
        }
        flushes = !waiting.isEmpty();
        if (flushes) {
            turns.add(this::piece);
        }
    }
}
