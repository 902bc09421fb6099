package io.streamkeeper.server;

import io.netty.channel.EventLoop;
import io.streamkeeper.server.metrics.Counters;
import io.streamkeeper.server.metrics.LoopCounters.WebhookResult;
import io.streamkeeper.server.subscription.Deliveries;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Counts what becomes of webhooks. Used by all loops. */
final class CountedDeliveries implements Deliveries {
    private final Deliveries deliveries;
    private final Counters counters;

    /** Sends by {@code deliveries}; the counters of the loop of each attempt count it. */
    CountedDeliveries(Deliveries deliveries, Counters counters) {
        this.deliveries = deliveries;
        this.counters = counters;
    }

    @Override
    public @Nullable Attempt send(
            EventLoop loop, String url, byte[] body, long timeoutMillis, Consumer<Result> result, Runnable room) {
        return deliveries.send(
                loop,
                url,
                body,
                timeoutMillis,
                known -> {
                    counters.of(loop).webhook(kind(known));
                    result.accept(known);
                },
                room);
    }

    private static WebhookResult kind(Result result) {
        if (result instanceof Result.Accepted accepted) {
            return accepted.done() ? WebhookResult.DONE : WebhookResult.ACCEPTED;
        }
        return WebhookResult.FAILED;
    }
}
