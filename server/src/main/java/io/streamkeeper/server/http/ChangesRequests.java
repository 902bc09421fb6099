package io.streamkeeper.server.http;

import io.streamkeeper.server.http.parse.Intent;
import io.streamkeeper.server.limit.LimitRefusal;
import io.streamkeeper.server.limit.RequestUse;
import io.streamkeeper.server.shard.change.ChangeFeed;

/** Executes the requests of one connection that follow changes of streams. Owned by the connection's loop. */
final class ChangesRequests {
    private final ConnectionHandler connection;

    ChangesRequests(ConnectionHandler connection) {
        this.connection = connection;
    }

    /** Begins a response that follows changes, if its client may have one more live read and there is memory for it. */
    void follow(Exchange exchange, Intent.OnChanges changes) {
        RequestUse use = exchange.use();
        LimitRefusal limited = use == null ? null : use.holdLive();
        if (limited != null) {
            exchange.ready(connection.writer().limited(exchange, limited));
            return;
        }
        long bytes = ChangeFeed.heapBytes(connection.server().shards(), changes.prefix());
        SessionMemory memory = connection
                .server()
                .streamsSessions()
                .reserve(exchange.principal(), connection.channel().remoteAddress(), bytes);
        if (memory == null) {
            exchange.ready(connection.writer().refused(exchange, StreamsSessions.noRoom(), null));
            return;
        }
        exchange.session(session(exchange, changes, memory));
        connection.line().advance();
    }

    private ChangesSession session(Exchange exchange, Intent.OnChanges changes, SessionMemory memory) {
        try {
            return new ChangesSession(connection, exchange, changes, memory);
        } catch (RuntimeException | Error e) {
            memory.close();
            throw e;
        }
    }
}
