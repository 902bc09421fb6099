package io.streamkeeper.server.http;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.server.forward.Forwarding;
import io.streamkeeper.server.http.request.HttpRequest;
import io.streamkeeper.server.http.respond.ErrorBody;
import io.streamkeeper.server.http.route.Answer;
import io.streamkeeper.server.http.route.Answering;
import io.streamkeeper.server.http.route.RouteHandler;
import io.streamkeeper.storage.disk.StorageFailedException;

/**
 * Whether the server serves requests. {@code /health} and {@code /health/ready} fail while it is stopping or drained, when it
 * cannot write to its disk, and while a member of a cluster has no leader or is too far behind; {@code /health/live} fails only in the second case, in which a restart can help.
 */
final class HealthHandler implements RouteHandler {
    static final String JSON = "application/json";

    private final HttpServer server;
    private final boolean failsWhileStopping;

    private HealthHandler(HttpServer server, boolean failsWhileStopping) {
        this.server = server;
        this.failsWhileStopping = failsWhileStopping;
    }

    /** Whether the server is to receive requests. */
    static HealthHandler ofReadiness(HttpServer server) {
        return new HealthHandler(server, true);
    }

    /** Whether the process is to continue. */
    static HealthHandler ofLiveness(HttpServer server) {
        return new HealthHandler(server, false);
    }

    @Override
    public void handle(HttpRequest request, Answering answering) {
        answering.accept(answer());
    }

    private Answer answer() {
        StorageFailedException failure = server.shards().failure();
        if (failure != null) {
            Refusal refusal = Refusal.of(ErrorCode.STORAGE_FAILED, String.valueOf(failure.getMessage()));
            return Answer.text(refusal.code().status(), JSON, ErrorBody.of(refusal));
        }
        Forwarding forwarding = server.forwarding();
        String notReady = forwarding == null || !failsWhileStopping
                ? null
                : forwarding.replica().notReady();
        if (notReady != null) {
            StringBuilder body = new StringBuilder("{\"status\":\"not_ready\",\"reason\":\"");
            JsonStringEncoder.getInstance().quoteAsString(notReady, body);
            return Answer.text(
                    ErrorCode.NO_LEADER.status(), JSON, body.append("\"}").toString());
        }
        return failsWhileStopping && server.isStopping()
                ? Answer.text(
                        ErrorCode.SHUTTING_DOWN.status(),
                        JSON,
                        server.drain().hasBegun() ? "{\"status\":\"draining\"}" : "{\"status\":\"stopping\"}")
                : Answer.text(200, JSON, "{\"status\":\"ok\"}");
    }
}
