package io.streamkeeper.server.http;

import io.netty.buffer.Unpooled;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.server.http.request.HeaderName;
import io.streamkeeper.server.http.request.HttpRequest;
import io.streamkeeper.server.http.respond.ErrorBody;
import io.streamkeeper.server.http.route.Answer;
import io.streamkeeper.server.http.route.Answering;
import io.streamkeeper.server.http.route.RouteHandler;
import io.streamkeeper.server.metrics.Exposition;
import io.streamkeeper.server.metrics.MetricsSnapshot;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code /metrics}: the metrics of the server in a format of Prometheus. A page is created by the threads that
 * complete {@code metrics}; each loop contributes a copy of its counters only.
 */
final class MetricsHandler implements RouteHandler {
    private static final Logger LOG = LoggerFactory.getLogger(MetricsHandler.class);

    /** Pages that are created at once, for several monitoring systems; more are refused. */
    private static final int PAGES_MAX = 4;

    private static final int TIMEOUT_SECONDS = 10;

    /** Its classes are loaded with the first page. */
    private static final class Format {
        static final Exposition EXPOSITION = new Exposition();
    }

    private final Supplier<CompletableFuture<MetricsSnapshot>> metrics;
    private final Executor workers;
    private final AtomicInteger pages = new AtomicInteger();

    /**
     * Answers with the result of {@code metrics}, which must complete on a thread that may block; one of {@code workers}
     * begins it.
     */
    MetricsHandler(Supplier<CompletableFuture<MetricsSnapshot>> metrics, Executor workers) {
        this.workers = workers;
        this.metrics = metrics;
    }

    @Override
    public void handle(HttpRequest request, Answering answering) {
        if (pages.incrementAndGet() > PAGES_MAX) {
            pages.decrementAndGet();
            throw new RefusedException(ErrorCode.OVERLOADED, PAGES_MAX + " pages of metrics are being created");
        }
        String accept = request.header(HeaderName.ACCEPT);
        // Timeouts of futures take a lock, for which a loop must not wait.
        workers.execute(() -> snapshot()
                .thenApply(snapshot -> answer(Format.EXPOSITION.page(snapshot, accept)))
                .orTimeout(TIMEOUT_SECONDS, TimeUnit.SECONDS)
                .handle(MetricsHandler::answerOrRefusal)
                .thenAccept(answer -> {
                    pages.decrementAndGet();
                    answering.accept(answer);
                }));
    }

    /** The metrics; a failure to begin is one of the future, so that the page is over in any case. */
    private CompletableFuture<MetricsSnapshot> snapshot() {
        try {
            return metrics.get();
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private static Answer answer(Exposition.Page page) {
        return new Answer(
                200,
                List.of(
                        new Answer.Field("Cache-Control", "no-store"),
                        new Answer.Field("Content-Type", page.contentType())),
                Unpooled.wrappedBuffer(page.bytes()),
                null);
    }

    private static Answer answerOrRefusal(@Nullable Answer answer, @Nullable Throwable fault) {
        if (answer != null) {
            return answer;
        }
        LOG.warn("a page of metrics cannot be created", fault);
        Refusal refusal = Refusal.of(ErrorCode.OVERLOADED, "the metrics cannot be read now; try again later");
        return Answer.text(refusal.code().status(), HealthHandler.JSON, ErrorBody.of(refusal));
    }
}
