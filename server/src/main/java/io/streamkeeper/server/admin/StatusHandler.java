package io.streamkeeper.server.admin;

import com.fasterxml.jackson.core.JsonGenerator;
import io.streamkeeper.server.forward.Replica;
import io.streamkeeper.server.http.request.HttpRequest;
import io.streamkeeper.server.http.route.Answer;
import io.streamkeeper.server.http.route.Answering;
import io.streamkeeper.server.http.route.RouteHandler;
import io.streamkeeper.server.metrics.Build;
import io.streamkeeper.server.shard.ShardStatus;
import io.streamkeeper.server.shard.Shards;
import io.streamkeeper.server.subscription.SubscriptionFigures;
import io.streamkeeper.server.subscription.SubscriptionView;
import io.streamkeeper.server.subscription.Subscriptions;
import io.streamkeeper.storage.memory.Budget;
import io.streamkeeper.storage.memory.MemoryLedger;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * {@code /admin/status}: the state of each shard with its reason, its backlog, and the bytes of its files that
 * compaction has not removed yet; the role of a member of a cluster; the budgets; the subscriptions; and
 * the connections of clients.
 */
final class StatusHandler implements RouteHandler {
    private final Shards shards;
    private final MemoryLedger memory;
    private final Drain drain;
    private final @Nullable Subscriptions subscriptions;
    private final @Nullable Replica replica;
    private final Executor workers;
    private final long beganNanos = System.nanoTime();

    /** The state of {@code shards}; {@code subscriptions} and {@code replica} are null if there are none. */
    StatusHandler(
            Shards shards,
            MemoryLedger memory,
            Drain drain,
            @Nullable Subscriptions subscriptions,
            @Nullable Replica replica,
            Executor workers) {
        this.shards = shards;
        this.memory = memory;
        this.drain = drain;
        this.subscriptions = subscriptions;
        this.replica = replica;
        this.workers = workers;
    }

    @Override
    public void handle(HttpRequest request, Answering answering) {
        Parameters.of(request, List.of());
        JsonAnswers.whenDone(
                workers, () -> shards.statuses().thenCombineAsync(figures(), this::answer, workers), answering);
    }

    private CompletableFuture<SubscriptionFigures> figures() {
        return subscriptions == null
                ? CompletableFuture.completedFuture(SubscriptionFigures.NONE)
                : subscriptions.figures();
    }

    private Answer answer(List<ShardStatus> statuses, SubscriptionFigures figures) {
        return JsonAnswers.of(200, json -> {
            json.writeStringField("status", status(statuses));
            json.writeStringField("version", Build.version());
            json.writeStringField("java", Runtime.version().toString());
            json.writeNumberField("uptimeSeconds", TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - beganNanos));
            json.writeNumberField("clientConnections", drain.connections());
            if (replica != null) {
                json.writeStringField("role", ClusterHandler.role(replica.status()));
            }
            json.writeArrayFieldStart("shards");
            for (ShardStatus status : statuses) {
                write(json, status);
            }
            json.writeEndArray();
            if (subscriptions != null) {
                write(json, figures);
            }
            json.writeArrayFieldStart("budgets");
            for (Budget budget : memory.budgets()) {
                write(json, budget);
            }
            json.writeEndArray();
        });
    }

    private String status(List<ShardStatus> statuses) {
        if (statuses.stream().anyMatch(status -> status.state() == ShardStatus.State.FAILED)) {
            return "failed";
        }
        if (drain.hasBegun()) {
            return drain.isComplete() ? "drained" : "draining";
        }
        return statuses.stream().anyMatch(status -> status.state() == ShardStatus.State.REFUSING) ? "refusing" : "ok";
    }

    private static void write(JsonGenerator json, ShardStatus status) throws IOException {
        json.writeStartObject();
        json.writeNumberField("shard", status.shard());
        json.writeStringField("state", status.state().name().toLowerCase(Locale.ROOT));
        if (status.reason() != null) {
            json.writeStringField("reason", status.reason());
        }
        json.writeNumberField("streams", status.streams());
        json.writeNumberField("backlogBytes", status.backlogBytes());
        json.writeNumberField("parkedWrites", status.parkedWrites());
        json.writeNumberField("files", status.extents().files());
        json.writeNumberField("fileBytes", status.extents().bytes());
        json.writeNumberField("neededBytes", status.extents().neededBytes());
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, SubscriptionFigures figures) throws IOException {
        json.writeObjectFieldStart("subscriptions");
        json.writeNumberField("count", figures.subscriptions());
        json.writeNumberField("links", figures.links());
        json.writeObjectFieldStart("states");
        for (SubscriptionView.State state : SubscriptionView.State.values()) {
            json.writeNumberField(state.text(), figures.subscriptions(state));
        }
        json.writeEndObject();
        json.writeNumberField("leases", figures.leases());
        json.writeNumberField("failing", figures.failing());
        json.writeNumberField("lackingRoom", figures.lackingRoom());
        json.writeNumberField("pendingLinks", figures.lag().links());
        json.writeNumberField("pendingBytes", figures.lag().bytes());
        json.writeNumberField("oldestPendingMillis", figures.lag().oldestMillis());
        json.writeNumberField("oldestUnclaimedMillis", figures.unclaimedMillis());
        json.writeNumberField("waitingDeliveries", figures.waitingDeliveries());
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, Budget budget) throws IOException {
        json.writeStartObject();
        json.writeStringField("budget", budget.name().replace(' ', '_'));
        json.writeNumberField("usedBytes", budget.usedBytes());
        json.writeNumberField("limitBytes", budget.bytesMax());
        json.writeNumberField("refusals", budget.refusals());
        json.writeEndObject();
    }
}
