package io.streamkeeper.server.subscription.webhook;

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
 * The connections of one loop that no attempt uses: a few for each receiver, for a short time. Owned by that loop.
 */
final class ConnectionPool {
    /** The most for one receiver. */
    static final int RECEIVER_MAX = 8;

    /** The most for all receivers; when there are more, the one that waited longest is closed. */
    static final int ALL_MAX = 64;

    /** How long one waits: less than most servers wait. */
    static final long IDLE_MILLIS = 4_000;

    private static final long SWEEP_MILLIS = 1_000;

    /**
     * Where a connection leads to.
     *
     * @param isTls whether it is one of TLS
     * @param host the name that was resolved, or an address
     * @param port the port
     */
    record Receiver(boolean isTls, String host, int port) {
        static Receiver of(WebhookUrl url) {
            return new Receiver(url.isTls(), url.host(), url.port());
        }
    }

    private final EventLoop loop;
    private final int allMax;
    private final Map<Receiver, Deque<WebhookConnection>> byReceiver = new HashMap<>();

    /** Since when each waits, in the order of these times. */
    private final Map<WebhookConnection, Long> waiting = new LinkedHashMap<>();

    private boolean isSweeping;

    /** An empty pool for at most {@code allMax} connections. */
    ConnectionPool(EventLoop loop, int allMax) {
        this.loop = loop;
        this.allMax = allMax;
    }

    /** A connection to a receiver, which was used last of all that wait; null if there is none. */
    @Nullable
    WebhookConnection take(Receiver receiver) {
        Deque<WebhookConnection> connections = byReceiver.get(receiver);
        WebhookConnection taken = connections == null ? null : connections.peekLast();
        if (taken != null) {
            remove(taken);
        }
        return taken;
    }

    /** Keeps a connection, or closes it if there are enough. */
    void keep(WebhookConnection connection) {
        Deque<WebhookConnection> same = byReceiver.computeIfAbsent(connection.receiver(), key -> new ArrayDeque<>());
        if (same.size() >= RECEIVER_MAX || allMax == 0) {
            connection.close();
            return;
        }
        if (waiting.size() >= allMax) {
            WebhookConnection oldest = waiting.keySet().iterator().next();
            remove(oldest);
            oldest.close();
        }
        byReceiver.computeIfAbsent(connection.receiver(), key -> same).addLast(connection);
        waiting.put(connection, System.nanoTime());
        if (!isSweeping) {
            isSweeping = true;
            loop.schedule(this::sweep, SWEEP_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    /** Forgets a connection, such as one that its receiver has closed. */
    void remove(WebhookConnection connection) {
        if (waiting.remove(connection) == null) {
            return;
        }
        Deque<WebhookConnection> same = byReceiver.get(connection.receiver());
        if (same != null && same.remove(connection) && same.isEmpty()) {
            byReceiver.remove(connection.receiver());
        }
    }

    private void sweep() {
        long now = System.nanoTime();
        for (Map.Entry<WebhookConnection, Long> each : List.copyOf(waiting.entrySet())) {
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
    int size() {
        return waiting.size();
    }
}
