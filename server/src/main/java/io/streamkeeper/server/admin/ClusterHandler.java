package io.streamkeeper.server.admin;

import com.fasterxml.jackson.core.JsonGenerator;
import io.streamkeeper.cluster.ClockSkew;
import io.streamkeeper.cluster.ClusterStatus;
import io.streamkeeper.cluster.LogStatus;
import io.streamkeeper.cluster.MemberProgress;
import io.streamkeeper.server.forward.Replica;
import io.streamkeeper.server.http.request.HttpRequest;
import io.streamkeeper.server.http.route.Answer;
import io.streamkeeper.server.http.route.Answering;
import io.streamkeeper.server.http.route.RouteHandler;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * {@code /admin/cluster}: what this member is in its cluster, how far its log is, and what it knows of the other
 * members. How far those are only the leader knows.
 */
final class ClusterHandler implements RouteHandler {
    private final Replica replica;
    private final Executor workers;

    ClusterHandler(Replica replica, Executor workers) {
        this.replica = replica;
        this.workers = workers;
    }

    @Override
    public void handle(HttpRequest request, Answering answering) {
        Parameters.of(request, List.of());
        JsonAnswers.whenDone(
                workers, () -> CompletableFuture.supplyAsync(() -> answer(replica.status()), workers), answering);
    }

    /** The role of a member, in one word. */
    static String role(ClusterStatus status) {
        LogStatus log = status.log();
        return log == null ? "starting" : log.role().name().toLowerCase(Locale.ROOT);
    }

    private static Answer answer(ClusterStatus status) {
        return JsonAnswers.of(200, json -> {
            json.writeStringField("cluster", status.cluster());
            json.writeStringField("role", role(status));
            json.writeBooleanField("ready", status.notReady() == null);
            if (status.notReady() != null) {
                json.writeStringField("reason", status.notReady());
            }
            json.writeNumberField("logBytes", status.logBytes());
            if (status.log() != null) {
                write(json, status, status.log());
            }
        });
    }

    private static void write(JsonGenerator json, ClusterStatus status, LogStatus log) throws IOException {
        json.writeStringField("member", log.member());
        json.writeNumberField("term", log.term());
        if (log.leader() != null) {
            json.writeObjectFieldStart("leader");
            json.writeStringField("name", log.leader());
            if (status.leaderUrl() != null) {
                json.writeStringField("url", status.leaderUrl());
            }
            if (log.leaderSince() != null) {
                json.writeStringField("since", log.leaderSince().toString());
            }
            json.writeEndObject();
        }
        json.writeNumberField("leaderChanges", log.leaderChanges());
        json.writeNumberField("lastIndex", log.last());
        json.writeNumberField("syncedIndex", log.synced());
        json.writeNumberField("committedIndex", log.committed());
        json.writeNumberField("deliveredIndex", log.delivered().index());
        json.writeArrayFieldStart("members");
        for (MemberProgress known : log.members()) {
            write(json, log, known);
        }
        json.writeEndArray();
    }

    private static void write(JsonGenerator json, LogStatus log, MemberProgress known) throws IOException {
        json.writeStartObject();
        String name = known.member().name();
        json.writeStringField("name", name);
        json.writeStringField("address", known.member().address());
        json.writeBooleanField("leads", name.equals(log.leader()));
        if (known.match() >= 0) {
            json.writeNumberField("matchIndex", known.match());
            json.writeNumberField("lagEntries", log.lagOf(known));
        }
        if (known.contactMillis() >= 0) {
            json.writeNumberField("contactMillis", known.contactMillis());
        }
        ClockSkew skew = known.clockSkew();
        if (skew != null) {
            json.writeNumberField("clockSkewMillis", skew.millis());
            json.writeNumberField("clockSkewErrorMillis", skew.errorMillis());
        }
        json.writeEndObject();
    }
}
