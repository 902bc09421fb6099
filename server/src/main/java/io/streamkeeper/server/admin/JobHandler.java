package io.streamkeeper.server.admin;

import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.server.http.request.HttpRequest;
import io.streamkeeper.server.http.route.Answer;
import io.streamkeeper.server.http.route.Answering;
import io.streamkeeper.server.http.route.RouteHandler;
import io.streamkeeper.server.shard.Shards;
import io.streamkeeper.storage.disk.StorageFailedException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A job of all shards that an operator begins: answers when it is done, or after some seconds that it still runs. Only
 * one runs at a time; a request that comes meanwhile learns that it runs.
 */
final class JobHandler implements RouteHandler {
    private static final int WAIT_SECONDS = 8;

    private final Shards shards;
    private final Supplier<CompletableFuture<Void>> job;
    private final Executor workers;
    private final AtomicReference<@Nullable CompletableFuture<Void>> current = new AtomicReference<>();

    JobHandler(Shards shards, Supplier<CompletableFuture<Void>> job, Executor workers) {
        this.shards = shards;
        this.job = job;
        this.workers = workers;
    }

    @Override
    public void handle(HttpRequest request, Answering answering) {
        Parameters.of(request, List.of());
        StorageFailedException failure = shards.failure();
        if (failure != null) {
            throw new RefusedException(ErrorCode.STORAGE_FAILED, String.valueOf(failure.getMessage()));
        }
        CompletableFuture<Void> begun = new CompletableFuture<>();
        if (!current.compareAndSet(null, begun)) {
            answering.accept(running());
            return;
        }
        long beganNanos = System.nanoTime();
        begun.whenComplete((done, fault) -> current.set(null));
        JsonAnswers.whenDone(
                workers,
                () -> {
                    job.get().thenRun(() -> begun.complete(null));
                    return begun.thenApplyAsync(done -> done(System.nanoTime() - beganNanos), workers)
                            .completeOnTimeout(null, WAIT_SECONDS, TimeUnit.SECONDS)
                            .thenApply(answer -> answer == null ? running() : answer);
                },
                answering);
    }

    private static Answer running() {
        return JsonAnswers.of(202, json -> json.writeStringField("status", "running"));
    }

    private static Answer done(long nanos) {
        return JsonAnswers.of(200, json -> {
            json.writeStringField("status", "done");
            json.writeNumberField("milliseconds", TimeUnit.NANOSECONDS.toMillis(nanos));
        });
    }
}
