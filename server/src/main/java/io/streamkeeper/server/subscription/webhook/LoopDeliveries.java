package io.streamkeeper.server.subscription.webhook;

import io.netty.channel.EventLoop;
import io.streamkeeper.server.outbound.ConnectionPool;

/** What the attempts of one loop share. Owned by that loop. */
final class LoopDeliveries {
    private final EventLoop loop;
    private final ConnectionPool<WebhookConnection> pool;
    private boolean hasRoom;

    LoopDeliveries(EventLoop loop, int keptMax) {
        this.loop = loop;
        this.pool = new ConnectionPool<>(loop, ConnectionPool.DESTINATION_MAX, keptMax);
    }

    EventLoop loop() {
        return loop;
    }

    /** The connections that no attempt uses. */
    ConnectionPool<WebhookConnection> pool() {
        return pool;
    }

    /** Runs a caller that waited; the first attempt that it begins has room. */
    void offerRoom(Runnable waiter) {
        hasRoom = true;
        waiter.run();
    }

    /** Whether there was room that was offered; it is taken. */
    boolean takeRoom() {
        boolean had = hasRoom;
        hasRoom = false;
        return had;
    }
}
