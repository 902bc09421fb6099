package io.streamkeeper.server.http;

import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.server.http.request.HttpRequest;
import io.streamkeeper.server.http.respond.ErrorBody;
import io.streamkeeper.server.http.route.Answer;
import io.streamkeeper.server.http.route.RouteHandler;
import io.streamkeeper.storage.disk.StorageFailedException;
import java.util.function.Consumer;

/** {@code /health}: whether the server serves requests, is stopping, or cannot write to its disk. */
final class HealthHandler implements RouteHandler {
    private static final String JSON = "application/json";

    private final HttpServer server;

    HealthHandler(HttpServer server) {
        this.server = server;
    }

    @Override
    public void handle(HttpRequest request, Consumer<Answer> answering) {
        answering.accept(answer());
    }

    private Answer answer() {
        StorageFailedException failure = server.shards().failure();
        if (failure != null) {
            Refusal refusal = Refusal.of(ErrorCode.STORAGE_FAILED, String.valueOf(failure.getMessage()));
            return Answer.text(refusal.code().status(), JSON, ErrorBody.of(refusal));
        }
        return server.isStopping()
                ? Answer.text(ErrorCode.SHUTTING_DOWN.status(), JSON, "{\"status\":\"stopping\"}")
                : Answer.text(200, JSON, "{\"status\":\"ok\"}");
    }
}
