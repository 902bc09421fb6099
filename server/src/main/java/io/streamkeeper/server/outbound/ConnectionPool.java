package io.streamkeeper.server.outbound;

import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one loop that no request uses: a few for each destination, for a short time. Owned by that loop.
 *
 * @param <C> the type of a connection
 */
public final class ConnectionPool<C extends PooledConnection> {
    /** The most for one destination of many. */
    public static final int DESTINATION_MAX = 8;

    /** The most for all destinations; when there are more, the one that waited longest is closed. */
    public static final int ALL_MAX = 64;

    /** How long one waits: less than most servers wait. */
    static final long IDLE_MILLIS = 4_000;

    private static final long SWEEP_MILLIS = 1_000;

    private final EventLoop loop;
    private final int destinationMax;
    private final int allMax;
    private final Map<Destination, Deque<C>> byDestination = new HashMap<>();

    /** Since when each waits, in the order of these times. */
    private final Map<C, Long> waiting = new LinkedHashMap<>();

    private boolean isSweeping;

    /** An empty pool for at most {@code allMax} connections, and {@code destinationMax} to one destination. */
    public ConnectionPool(EventLoop loop, int destinationMax, int allMax) {
        this.loop = loop;
        this.destinationMax = destinationMax;
        this.allMax = allMax;
    }

    /** A connection to a destination, which was used last of all that wait; null if there is none. */
    public @Nullable C take(Destination destination) {
        Deque<C> connections = byDestination.get(destination);
        C taken = connections == null ? null : connections.peekLast();
        if (taken != null) {
            remove(taken);
        }
        return taken;
    }

    /** Keeps a connection, or closes it if there are enough. */
    public void keep(C connection) {
        Deque<C> same = byDestination.computeIfAbsent(connection.destination(), key -> new ArrayDeque<>());
        if (same.size() >= destinationMax || allMax == 0) {
            connection.close();
            return;
        }
        if (waiting.size() >= allMax) {
            C oldest = waiting.keySet().iterator().next();
            remove(oldest);
            oldest.close();
        }
        byDestination.computeIfAbsent(connection.destination(), key -> same).addLast(connection);
        waiting.put(connection, System.nanoTime());
        if (!isSweeping) {
            isSweeping = true;
            loop.schedule(this::sweep, SWEEP_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    /** Forgets a connection, such as one that the other side has closed. */
    public void remove(C connection) {
        if (waiting.remove(connection) == null) {
            return;
        }
        Deque<C> same = byDestination.get(connection.destination());
        if (same != null && same.remove(connection) && same.isEmpty()) {
            byDestination.remove(connection.destination());
        }
    }

    private void sweep() {
        long now = System.nanoTime();
        for (Map.Entry<C, Long> each : List.copyOf(waiting.entrySet())) {
            if (now - each.getValue() >= TimeUnit.MILLISECONDS.toNanos(IDLE_MILLIS)) {
                remove(each.getKey());
                each.getKey().close();
            }
        }
        isSweeping = !waiting.isEmpty();
        if (isSweeping) {
            loop.schedule(this::sweep, SWEEP_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    /** How many connections wait. */
    public int size() {
        return waiting.size();
    }
}
