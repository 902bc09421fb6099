package io.streamkeeper.server.http;

import io.netty.util.concurrent.EventExecutor;
import io.streamkeeper.server.config.ServerConfig;
import io.streamkeeper.server.forward.Forwarding;
import io.streamkeeper.server.metrics.MetricsSnapshot;
import io.streamkeeper.server.security.SecurityPolicy;
import io.streamkeeper.server.shard.Shards;
import io.streamkeeper.server.subscription.SubscriptionParts;
import io.streamkeeper.storage.disk.Clock;
import io.streamkeeper.storage.memory.MemoryLedger;
import org.jspecify.annotations.Nullable;

/** HTTP servers for tests: everybody may do everything, and work that would block a loop runs at once. */
public final class TestHttpServer {
    private TestHttpServer() {}

    /** A server of {@code shards}, whose connections stay on their loops. */
    public static HttpServer of(
            ServerConfig config, Shards shards, MemoryLedger memory, Iterable<EventExecutor> loops) {
        return of(config, shards, memory, loops, null, null);
    }

    /** The same with subscriptions and a policy, each if it is not null. */
    public static HttpServer of(
            ServerConfig config,
            Shards shards,
            MemoryLedger memory,
            Iterable<EventExecutor> loops,
            @Nullable SubscriptionParts subscriptions,
            @Nullable SecurityPolicy policy) {
        return of(config, shards, memory, loops, subscriptions, policy, null);
    }

    /** The same, of a member of a cluster unless {@code forwarding} is null. */
    public static HttpServer of(
            ServerConfig config,
            Shards shards,
            MemoryLedger memory,
            Iterable<EventExecutor> loops,
            @Nullable SubscriptionParts subscriptions,
            @Nullable SecurityPolicy policy,
            @Nullable Forwarding forwarding) {
        return new HttpServer(
                config,
                shards,
                memory,
                loops,
                null,
                Runnable::run,
                Clock.SYSTEM,
                policy,
                null,
                null,
                null,
                subscriptions,
                forwarding,
                () -> shards.counters().snapshot().thenApply(MetricsSnapshot.Builder::build),
                null);
    }
}
