package io.streamkeeper.server.admin;

import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.server.http.request.HttpRequest;
import io.streamkeeper.server.http.request.Method;
import io.streamkeeper.server.http.route.Answer;
import io.streamkeeper.server.http.route.Answering;
import io.streamkeeper.server.http.route.RouteHandler;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code /admin/log-level}: the level of each logger that has one of its own; {@code POST} changes one until the server
 * restarts. Refuses if the application that embeds the server does not supply the levels.
 */
final class LogLevelHandler implements RouteHandler {
    private final @Nullable LogLevels levels;

    LogLevelHandler(@Nullable LogLevels levels) {
        this.levels = levels;
    }

    @Override
    public void handle(HttpRequest request, Answering answering) {
        if (levels == null) {
            throw new RefusedException(
                    ErrorCode.NOT_IMPLEMENTED,
                    "the application that embeds the server has not supplied the levels of its log; change them there");
        }
        if (request.method() == Method.POST) {
            set(levels, Parameters.of(request, List.of("logger", "level")));
        } else {
            Parameters.of(request, List.of());
        }
        answering.accept(answer(levels.all()));
    }

    private static void set(LogLevels levels, Parameters parameters) {
        try {
            levels.set(parameters.get("logger", LogLevels.ROOT), parameters.get("level", ""));
        } catch (IllegalArgumentException e) {
            throw Parameters.invalid(String.valueOf(e.getMessage()));
        }
    }

    private static Answer answer(Map<String, String> levels) {
        return JsonAnswers.of(200, json -> {
            json.writeObjectFieldStart("levels");
            for (Map.Entry<String, String> level : levels.entrySet()) {
                json.writeStringField(level.getKey(), level.getValue());
            }
            json.writeEndObject();
        });
    }
}
