package io.streamkeeper.server.admin;

import com.fasterxml.jackson.core.JsonGenerator;
import io.streamkeeper.protocol.Digits;
import io.streamkeeper.protocol.Quoted;
import io.streamkeeper.server.http.request.HttpRequest;
import io.streamkeeper.server.http.route.Answer;
import io.streamkeeper.server.http.route.Answering;
import io.streamkeeper.server.http.route.RouteHandler;
import io.streamkeeper.server.shard.Shards;
import io.streamkeeper.server.shard.TopStream;
import io.streamkeeper.server.shard.TopStreams;
import io.streamkeeper.server.shard.TopStreams.Measure;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.stream.Collectors;

/** {@code /admin/top-streams}: the streams that have the most bytes or readers, or are used most, the first at the top. */
final class TopStreamsHandler implements RouteHandler {
    private static final int LIMIT_DEFAULT = 20;
    private static final int LIMIT_MAX = 1_000;
    private static final double NANOS_PER_SECOND = 1e9;

    private final Shards shards;
    private final Executor workers;

    TopStreamsHandler(Shards shards, Executor workers) {
        this.shards = shards;
        this.workers = workers;
    }

    @Override
    public void handle(HttpRequest request, Answering answering) {
        Parameters parameters = Parameters.of(request, List.of("by", "limit"));
        Measure measure = measure(parameters.get("by", Measure.BYTES.text()));
        int limit = limit(parameters.get("limit", Integer.toString(LIMIT_DEFAULT)));
        JsonAnswers.whenDone(
                workers,
                () -> TopStreams.find(shards, measure, limit).thenApplyAsync(top -> answer(measure, top), workers),
                answering);
    }

    private static Measure measure(String written) {
        for (Measure measure : Measure.values()) {
            if (measure.text().equals(written)) {
                return measure;
            }
        }
        throw Parameters.invalid("by is " + Quoted.of(written) + "; expected "
                + Arrays.stream(Measure.values()).map(Measure::text).collect(Collectors.joining(", ")));
    }

    private static int limit(String written) {
        try {
            int limit = Digits.toInt(written);
            if (limit >= 1 && limit <= LIMIT_MAX) {
                return limit;
            }
        } catch (NumberFormatException e) {
            // It is refused below.
        }
        throw Parameters.invalid("limit is " + Quoted.of(written) + "; expected 1 to " + LIMIT_MAX);
    }

    private static Answer answer(Measure measure, List<TopStream> streams) {
        return JsonAnswers.of(200, json -> {
            json.writeStringField("by", measure.text());
            json.writeArrayFieldStart("streams");
            for (TopStream stream : streams) {
                write(json, stream);
            }
            json.writeEndArray();
        });
    }

    private static void write(JsonGenerator json, TopStream stream) throws IOException {
        double seconds = Math.max(stream.useNanos(), 1) / NANOS_PER_SECOND;
        json.writeStartObject();
        json.writeStringField("path", stream.path());
        json.writeNumberField("bytes", stream.bytes());
        json.writeNumberField("readers", stream.readers());
        writeRate(json, "appendsPerSecond", stream.use().appends() / seconds);
        writeRate(json, "appendedBytesPerSecond", stream.use().appendedBytes() / seconds);
        writeRate(json, "readsPerSecond", stream.use().reads() / seconds);
        json.writeEndObject();
    }

    /** Writes a number with at most one decimal. */
    private static void writeRate(JsonGenerator json, String name, double rate) throws IOException {
        json.writeNumberField(name, Math.round(rate * 10) / 10.0);
    }
}
