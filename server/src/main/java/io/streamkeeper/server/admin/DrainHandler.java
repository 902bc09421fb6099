package io.streamkeeper.server.admin;

import io.streamkeeper.server.http.request.HttpRequest;
import io.streamkeeper.server.http.request.Method;
import io.streamkeeper.server.http.route.Answer;
import io.streamkeeper.server.http.route.Answering;
import io.streamkeeper.server.http.route.RouteHandler;
import io.streamkeeper.server.setting.Durations;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * {@code /admin/drain}: {@code GET} returns the state; {@code POST} begins, and answers when all connections of clients
 * are closed, or after some seconds with the number of those that are open.
 */
final class DrainHandler implements RouteHandler {
    private static final int WAIT_SECONDS = 8;
    private static final long DELAY_MILLIS_MAX = TimeUnit.HOURS.toMillis(1);

    private final Drain drain;
    private final Executor workers;

    DrainHandler(Drain drain, Executor workers) {
        this.drain = drain;
        this.workers = workers;
    }

    @Override
    public void handle(HttpRequest request, Answering answering) {
        if (request.method() != Method.POST) {
            Parameters.of(request, List.of());
            answering.accept(state());
            return;
        }
        long delayMillis = delayMillis(Parameters.of(request, List.of("delay")).get("delay", "0"));
        JsonAnswers.whenDone(
                workers,
                () -> drain.begin(delayMillis)
                        .completeOnTimeout(null, WAIT_SECONDS, TimeUnit.SECONDS)
                        .thenApplyAsync(done -> state(), workers),
                answering);
    }

    private static long delayMillis(String written) {
        long millis;
        try {
            millis = Durations.parse(written);
        } catch (IllegalArgumentException e) {
            throw Parameters.invalid("delay: " + e.getMessage());
        }
        if (millis < 0 || millis > DELAY_MILLIS_MAX) {
            throw Parameters.invalid("delay is " + written + "; expected 0 to 1h");
        }
        return millis;
    }

    private Answer state() {
        boolean isUnderWay = drain.hasBegun() && !drain.isComplete();
        return JsonAnswers.of(isUnderWay ? 202 : 200, json -> {
            json.writeStringField("status", !drain.hasBegun() ? "serving" : isUnderWay ? "draining" : "drained");
            json.writeNumberField("clientConnections", drain.connections());
        });
    }
}
