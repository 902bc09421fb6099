package io.streamkeeper.server;

import io.netty.channel.EventLoop;
import io.streamkeeper.server.metrics.Counters;
import io.streamkeeper.server.metrics.LoopCounters;
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
        Counted counted = new Counted(counters.of(loop), result);
        Attempt attempt = deliveries.send(loop, url, body, timeoutMillis, counted::ended, room);
        return attempt == null ? null : counted.begun(attempt);
    }

    /** An attempt that is counted while it is under way. Owned by its loop. */
    private static final class Counted implements Attempt {
        private final LoopCounters counters;
        private final Consumer<Result> result;
        private @Nullable Attempt attempt;

        Counted(LoopCounters counters, Consumer<Result> result) {
            this.counters = counters;
            this.result = result;
        }

        Attempt begun(Attempt begun) {
            attempt = begun;
            counters.webhooksInFlight(1);
            return this;
        }

        void ended(Result known) {
            leave();
            counters.webhook(kind(known));
            result.accept(known);
        }

        @Override
        public void cancel() {
            if (attempt != null) {
                attempt.cancel();
                leave();
            }
        }

        private void leave() {
            attempt = null;
            counters.webhooksInFlight(-1);
        }
    }

    private static WebhookResult kind(Result result) {
        if (result instanceof Result.Accepted accepted) {
            return accepted.done() ? WebhookResult.DONE : WebhookResult.ACCEPTED;
        }
        return WebhookResult.FAILED;
    }
}
