package io.streamkeeper.server.http;

import io.netty.util.concurrent.EventExecutor;
import io.streamkeeper.server.config.ServerConfig;
import io.streamkeeper.server.metrics.MetricsSnapshot;
import io.streamkeeper.server.shard.Shards;
import io.streamkeeper.storage.disk.Clock;
import io.streamkeeper.storage.memory.MemoryLedger;

/** HTTP servers for tests: everybody may do everything, and work that would block a loop runs at once. */
public final class TestHttpServer {
    private TestHttpServer() {}

    /** A server of {@code shards}, whose connections stay on their loops. */
    public static HttpServer of(
            ServerConfig config, Shards shards, MemoryLedger memory, Iterable<EventExecutor> loops) {
        return new HttpServer(
                config,
                shards,
                memory,
                loops,
                null,
                Runnable::run,
                Clock.SYSTEM,
                null,
                null,
                null,
                null,
                () -> shards.counters().snapshot().thenApply(MetricsSnapshot.Builder::build),
                null);
    }
}
