package io.streamkeeper.server.admin;

import com.fasterxml.jackson.core.JsonGenerator;
import io.streamkeeper.cluster.ChangeStatus;
import io.streamkeeper.cluster.ChangeStatus.State;
import io.streamkeeper.cluster.MemberChange;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.server.forward.Replica;
import io.streamkeeper.server.http.request.HttpRequest;
import io.streamkeeper.server.http.request.Method;
import io.streamkeeper.server.http.route.Answer;
import io.streamkeeper.server.http.route.Answering;
import io.streamkeeper.server.http.route.RouteHandler;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * {@code /admin/cluster/change}: {@code POST} has the leader begin a change of the members, and answers when it runs;
 * {@code GET} returns how far it is. Any member answers both.
 */
final class MemberChangeHandler implements RouteHandler {
    private static final String CHANGE = "change";

    private final Replica replica;
    private final Executor workers;

    MemberChangeHandler(Replica replica, Executor workers) {
        this.replica = replica;
        this.workers = workers;
    }

    @Override
    public void handle(HttpRequest request, Answering answering) {
        if (request.method() == Method.POST) {
            MemberChange change = changeOf(request);
            answer(() -> replica.change(change), answering);
        } else {
            Parameters.of(request, List.of());
            answer(replica::change, answering);
        }
    }

    private static MemberChange changeOf(HttpRequest request) {
        try {
            return MemberChange.parse(Parameters.of(request, List.of(CHANGE)).get(CHANGE, ""));
        } catch (IllegalArgumentException e) {
            throw Parameters.invalid(CHANGE + ": " + e.getMessage());
        }
    }

    private void answer(Supplier<CompletableFuture<ChangeStatus>> status, Answering answering) {
        JsonAnswers.whenDone(
                workers, () -> status.get().thenApplyAsync(MemberChangeHandler::answerOf, workers), answering);
    }

    private static Answer answerOf(ChangeStatus status) {
        if (status.state() == State.REFUSED) {
            throw new RefusedException(ErrorCode.MEMBER_CHANGE_REFUSED, String.valueOf(status.reason()));
        }
        if (status.state() == State.NOT_LEADING) {
            throw new RefusedException(
                    ErrorCode.NO_LEADER, "no leader of the cluster has answered; the members are not changed by it");
        }
        return JsonAnswers.of(status.state() == State.RUNNING ? 202 : 200, json -> write(json, status));
    }

    private static void write(JsonGenerator json, ChangeStatus status) throws IOException {
        json.writeStringField("status", status.state().name().toLowerCase(Locale.ROOT));
        if (status.change() != null) {
            json.writeStringField(CHANGE, status.change().text());
        }
        if (status.reason() != null) {
            json.writeStringField("reason", status.reason());
        }
        if (status.match() >= 0) {
            json.writeNumberField("matchIndex", status.match());
        }
        if (status.committed() >= 0) {
            json.writeNumberField("committedIndex", status.committed());
        }
    }
}
