package io.streamkeeper.server.admin;

import io.streamkeeper.server.http.request.HttpRequest;
import io.streamkeeper.server.http.route.Answer;
import io.streamkeeper.server.http.route.Answering;
import io.streamkeeper.server.http.route.RouteHandler;
import io.streamkeeper.server.metrics.Counters;
import io.streamkeeper.server.metrics.SlowRequest;
import io.streamkeeper.server.metrics.Wait;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Executor;

/** {@code /admin/slow-requests}: the last requests that took long, the slowest first. */
final class SlowRequestsHandler implements RouteHandler {
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final Counters counters;
    private final Executor workers;

    SlowRequestsHandler(Counters counters, Executor workers) {
        this.counters = counters;
        this.workers = workers;
    }

    @Override
    public void handle(HttpRequest request, Answering answering) {
        Parameters.of(request, List.of());
        JsonAnswers.whenDone(
                workers, () -> counters.slowRequests().thenApplyAsync(SlowRequestsHandler::answer, workers), answering);
    }

    private static Answer answer(List<SlowRequest> requests) {
        List<SlowRequest> slowestFirst = requests.stream()
                .sorted(Comparator.comparingLong(SlowRequest::nanos).reversed())
                .toList();
        return JsonAnswers.of(200, json -> {
            json.writeArrayFieldStart("requests");
            for (SlowRequest request : slowestFirst) {
                json.writeStartObject();
                json.writeStringField(
                        "time", Instant.ofEpochMilli(request.answeredMillis()).toString());
                json.writeStringField("operation", request.operation().label());
                json.writeStringField("path", request.path());
                json.writeNumberField("status", request.status());
                json.writeNumberField("milliseconds", request.nanos() / NANOS_PER_MILLI);
                json.writeObjectFieldStart("waits");
                for (Wait wait : Wait.values()) {
                    long millis = request.waits().getOrDefault(wait, 0L) / NANOS_PER_MILLI;
                    if (millis > 0) {
                        json.writeNumberField(wait.text(), millis);
                    }
                }
                json.writeEndObject();
                json.writeEndObject();
            }
            json.writeEndArray();
        });
    }
}
