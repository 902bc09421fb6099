package io.streamkeeper.server.http;

import io.streamkeeper.server.shard.TurnQueue;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What the connections of one event loop have to flush at the end of the turn: one task for all of them, so that an
 * event for a thousand subscribers costs a thousand writes to sockets and not as many tasks too. They are flushed
 * {@value #PIECE_CONNECTIONS} at a time in pieces of the loop's {@link TurnQueue}, because a write to a socket is what
 * takes long. Three of four are of whole responses where there are any, and not of parts of long ones: so no
 * acknowledgement waits for all who get an event, and no event for all acknowledgements. Owned by that loop.
 */
final class FlushQueue {
    /** Connections that are flushed in one piece. */
    static final int PIECE_CONNECTIONS = 16;

    private final TurnQueue turns;
    private final Deque<Runnable> responses = new ArrayDeque<>();
    private final Deque<Runnable> parts = new ArrayDeque<>();
    private boolean flushes;

    FlushQueue(TurnQueue turns) {
        this.turns = turns;
    }

    /** Has the whole responses of a connection flushed; it is to be added once only until then. */
    void addResponse(Runnable flush) {
        responses.add(flush);
        flushSoon();
    }

    /** Has the parts of a long response flushed; they are to be added once only until then. */
    void addPart(Runnable flush) {
        parts.add(flush);
        flushSoon();
    }

    private void flushSoon() {
        if (!flushes) {
            flushes = true;
            turns.add(this::piece);
        }
    }

    private void piece() {
        for (int i = 0; i < PIECE_CONNECTIONS && !(responses.isEmpty() && parts.isEmpty()); i++) {
            boolean isPart = responses.isEmpty() || (i % 4 == 3 && !parts.isEmpty());
            (isPart ? parts : responses).remove().run();
        }
        flushes = false;
        if (!responses.isEmpty() || !parts.isEmpty()) {
            flushSoon();
        }
    }
}
