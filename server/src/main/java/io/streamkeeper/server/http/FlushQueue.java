package io.streamkeeper.server.http;

import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayList;
import java.util.List;

/**
 * The connections of one event loop that have something to flush at the end of the turn: one task for all of them, so that
 * an event for a thousand subscribers costs a thousand writes to sockets and not as many tasks too. Owned by that loop.
 */
final class FlushQueue implements Runnable {
    private final EventExecutor loop;
    private final List<ConnectionHandler> waiting = new ArrayList<>();

    FlushQueue(EventExecutor loop) {
        this.loop = loop;
    }

    /** Has a connection flushed at the end of the turn; it is to be added once only until then. */
    void add(ConnectionHandler connection) {
        waiting.add(connection);
        if (waiting.size() == 1) {
            loop.execute(this);
        }
    }

    @Override
    public void run() {
        // More may be added meanwhile.
        for (int i = 0; i < waiting.size(); i++) {
            waiting.get(i).flushNow();
        }
        waiting.clear();
    }
}
