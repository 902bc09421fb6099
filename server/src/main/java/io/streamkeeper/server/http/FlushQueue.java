package io.streamkeeper.server.http;

import io.streamkeeper.server.shard.TurnQueue;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The connections of one event loop that have bytes to flush at the end of the turn. One task serves all of them, so
 * that an event for a thousand subscribers costs a thousand writes to sockets, but not a thousand tasks as well. They
 * are flushed {@value #PIECE_CONNECTIONS} at a time in pieces of the loop's {@link TurnQueue}, because the writes to
 * sockets take most of the time. If both kinds are queued, three of four flushes are for whole responses and one is for
 * parts of long responses: so no acknowledgement waits until all subscribers have received an event, and no event waits
 * until all acknowledgements are sent. Owned by that loop.
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

    /** Queues the flush of whole responses of a connection. The caller must not add it again before it has run. */
    void addResponse(Runnable flush) {
        responses.add(flush);
        flushSoon();
    }

    /** Queues the flush of parts of a long response. The caller must not add it again before it has run. */
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
