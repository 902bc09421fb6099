package io.streamkeeper.server.admin;

import io.netty.util.concurrent.GlobalEventExecutor;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * The end of the service to clients, at the request of an operator, before the process is stopped. First the server
 * reports that it is not ready; after a delay, in which balancers of load notice this, it accepts no more connections
 * and ends the open ones: each after the responses that it owes, and waits for future data with the end of their time.
 * The listener for administration remains. It begins once, and is not reverted. Safe for use by any thread.
 */
public final class Drain {
    /** The connections of clients. */
    public interface Clients {
        /** How many are open. */
        int connections();

        /** Accepts no more, and ends the open ones; calls {@code ended} when all are closed. */
        void end(Runnable ended);
    }

    private final Clients clients;
    private final CompletableFuture<Void> drained = new CompletableFuture<>();
    private volatile boolean begun;

    /** Has not begun. */
    public Drain(Clients clients) {
        this.clients = clients;
    }

    /** Whether the server reports that it is not ready. */
    public boolean hasBegun() {
        return begun;
    }

    /** Whether all connections of clients are closed. */
    public boolean isComplete() {
        return drained.isDone();
    }

    /** The number of open connections of clients. */
    public int connections() {
        return clients.connections();
    }

    /**
     * Begins, unless it has begun.
     *
     * @param delayMillis the time before the connections are ended
     * @return completed when all connections of clients are closed, by any thread
     */
    public synchronized CompletableFuture<Void> begin(long delayMillis) {
        if (!begun) {
            begun = true;
            GlobalEventExecutor.INSTANCE.schedule(
                    () -> clients.end(() -> drained.complete(null)), delayMillis, TimeUnit.MILLISECONDS);
        }
        return drained.copy();
    }
}
