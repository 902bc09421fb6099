package io.streamkeeper.server.longrun;

import io.streamkeeper.server.longrun.ModelStream.Doubt;
import io.streamkeeper.server.longrun.ModelStream.Unit;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** The appends of a {@link Traffic}, with everything that may be refused in them. */
final class Writes {
    private static final int CONTENT_MAX = 400_000;
    private static final String[] PRODUCERS = {"p", "q", "producer-é"};

    private final Traffic traffic;
    private final Random random;

    Writes(Traffic traffic) {
        this.traffic = traffic;
        this.random = traffic.random;
    }

    void write(ModelStream stream) throws IOException, Traffic.Later {
        if (stream.closed) {
            refused(
                    stream,
                    "refused: 409 stream_closed",
                    409,
                    "stream_closed",
                    unit(stream).body());
            return;
        }
        if (stream.content.length() > CONTENT_MAX) {
            close(stream);
            return;
        }
        switch (random.nextInt(21)) {
            case 0, 1, 2, 3 -> produce(stream);
            case 4, 5 -> sequence(stream);
            case 6 -> conditional(stream, "If-Match: \"" + stream.tail() + "\"", "appended with If-Match");
            case 7 ->
                refused(
                        stream,
                        "refused: 412 If-Match",
                        412,
                        "offset_mismatch",
                        unit(stream).body(),
                        "If-Match: \"zz\"");
            case 8 ->
                conditional(stream, "Stream-Expected-Offset: " + stream.tail(), "appended with Stream-Expected-Offset");
            case 9 -> unexpected(stream);
            case 10, 11, 12 -> pipelined(stream);
            case 13 -> {
                if (random.nextBoolean()) {
                    invalid(stream);
                } else {
                    guarded(stream);
                }
            }
            case 14 -> {
                if (random.nextInt(4) == 0) {
                    close(stream);
                }
            }
            case 15 -> crowd(stream);
            default -> conditional(stream, "X-Nothing: 1", "appended");
        }
    }

    private Unit unit(ModelStream stream) {
        int length = random.nextInt(25) == 0 ? 20_000 + random.nextInt(60_000) : random.nextInt(200);
        if (length >= 20_000) {
            traffic.reach.count("appended a large body");
        }
        return stream.unit(random, traffic.newUnit(), length);
    }

    private static String type(ModelStream stream) {
        return "Content-Type: " + stream.kind.type;
    }

    private Wire.Answer post(ModelStream stream, Unit unit, String producer, boolean closes, String... fields)
            throws IOException, Traffic.Later {
        List<String> all = new ArrayList<>(List.of(fields));
        all.add(type(stream));
        stream.doubt = Doubt.APPENDS;
        stream.unanswered.add(
                new ModelStream.Unanswered(unit.text(), unit.body(), producer.isEmpty() ? null : producer, closes));
        Wire.Answer answer =
                traffic.exchange("POST", traffic.target(stream, ""), unit.body(), all.toArray(String[]::new));
        stream.certain();
        return answer;
    }

    private void conditional(ModelStream stream, String field, String name) throws IOException, Traffic.Later {
        Unit unit = unit(stream);
        Wire.Answer answer = traffic.expect(post(stream, unit, "", false, field), stream, name, 204);
        stream.add(unit.text(), answer.field("stream-next-offset"), traffic.sentNanos());
        traffic.reach.count(name);
    }

    private void unexpected(ModelStream stream) throws IOException, Traffic.Later {
        String other = stream.offsets.firstEntry().getValue();
        if (!other.equals(stream.tail())) {
            Wire.Answer answer = post(stream, unit(stream), "", false, "Stream-Expected-Offset: " + other);
            traffic.expect(answer, stream, "append at a place that is not the tail", 409);
            traffic.require(
                    answer.field("stream-next-offset").equals(stream.tail()),
                    stream,
                    "the tail is not in the refusal " + answer);
            traffic.reach.count("refused: 409 Stream-Expected-Offset");
        }
    }

    private void sequence(ModelStream stream) throws IOException, Traffic.Later {
        if (!stream.seq.isEmpty() && random.nextInt(4) == 0) {
            refused(
                    stream,
                    "refused: 409 sequence_regression",
                    409,
                    "sequence_regression",
                    unit(stream).body(),
                    "Stream-Seq: " + stream.seq);
            return;
        }
        String before = stream.seq;
        stream.seq =
                traffic.newUnit().replaceAll(".*-", "").transform(digits -> "0".repeat(9 - digits.length()) + digits);
        Unit unit = unit(stream);
        try {
            Wire.Answer answer = traffic.expect(
                    post(stream, unit, "", false, "Stream-Seq: " + stream.seq), stream, "append in sequence", 204);
            stream.add(unit.text(), answer.field("stream-next-offset"), traffic.sentNanos());
        } catch (Traffic.Later e) {
            stream.seq = before;
            throw e;
        }
        traffic.reach.count("appended with Stream-Seq");
    }

    private void produce(ModelStream stream) throws IOException, Traffic.Later {
        String id = PRODUCERS[random.nextInt(2)];
        if (stream.forgotten.remove(id)) {
            forgotten(stream, id);
        }
        long[] state = stream.producers.getOrDefault(id, new long[] {0, 0});
        boolean begins = state[1] > 0 && random.nextInt(8) == 0;
        long epoch = state[0] + (begins ? 1 : 0);
        long seq = begins ? 0 : state[1];
        Unit unit = unit(stream);
        String fields = fields(id, epoch, seq);
        Wire.Answer answer = post(stream, unit, fields, false, fields.split("\n", -1));
        traffic.expect(answer, stream, "append of " + fields, traffic.statuses(producing(unit, fields)));
        stream.add(unit.text(), answer.field("stream-next-offset"), traffic.sentNanos());
        stream.produced(id, epoch, seq);
        traffic.reach.count(begins ? "producer began an epoch" : "appended with a producer");
        if (random.nextInt(3) == 0) {
            Wire.Answer again = traffic.exchange("POST", traffic.target(stream, ""), unit.body(), with(stream, fields));
            traffic.expect(again, stream, "retry of " + fields, 204);
            traffic.reach.count("producer retried: 204");
        }
        if (epoch > 0 && random.nextInt(3) == 0) {
            refused(
                    stream,
                    "producer refused: 403 stale_producer_epoch",
                    403,
                    "stale_producer_epoch",
                    unit.body(),
                    fields(id, epoch - 1, seq + 1).split("\n", -1));
        }
        if (random.nextInt(3) == 0) {
            refused(
                    stream,
                    "producer refused: 409 producer_sequence_gap",
                    409,
                    "producer_sequence_gap",
                    unit.body(),
                    fields(id, epoch, seq + 2 + random.nextInt(3)).split("\n", -1));
        }
    }

    /** The next number of a producer that the stream has forgotten is refused, as one of an unknown producer. */
    private void forgotten(ModelStream stream, String id) throws IOException, Traffic.Later {
        Wire.Answer answer = traffic.exchange(
                "POST", traffic.target(stream, ""), unit(stream).body(), with(stream, fields(id, 0, 1)));
        check(stream, answer, "producer forgotten: 409 producer_sequence_gap", 409, "producer_sequence_gap");
        traffic.require(answer.field("producer-expected-seq").equals("0"), stream, "the expected number in " + answer);
    }

    /** Appends of producers that are all new: others are forgotten for them. */
    private void crowd(ModelStream stream) throws IOException, Traffic.Later {
        List<String> requests = new ArrayList<>();
        stream.doubt = Doubt.APPENDS;
        for (int i = 1 + random.nextInt(Plan.PRODUCERS_MAX); i > 0; i--) {
            String id = traffic.newUnit();
            Unit unit = stream.unit(random, id, random.nextInt(20));
            String fields = fields(id, 0, 0);
            stream.unanswered.add(producing(unit, fields));
            requests.add(Wire.request("POST", traffic.target(stream, ""), unit.body(), with(stream, fields)));
        }
        traffic.exchange(requests, false, answer -> answered(stream, answer, "append of a new producer"));
        stream.certain();
        traffic.reach.count("appended with many producers");
    }

    /** The first of several appends that were sent together is answered. */
    private void answered(ModelStream stream, Wire.Answer answer, String what) throws IOException, Traffic.Later {
        ModelStream.Unanswered append = stream.unanswered.get(0);
        if (answer.status() != 503 && answer.status() != 507) {
            traffic.expect(answer, stream, what, traffic.statuses(append));
            stream.add(append.text(), answer.field("stream-next-offset"), traffic.sentNanos());
            stream.produced(append);
        }
        stream.unanswered.remove(0);
    }

    private static ModelStream.Unanswered producing(Unit unit, String fields) {
        return new ModelStream.Unanswered(unit.text(), unit.body(), fields, false);
    }

    static String fields(String id, long epoch, long seq) {
        return "Producer-Id: " + id + "\nProducer-Epoch: " + epoch + "\nProducer-Seq: " + seq;
    }

    static String[] with(ModelStream stream, String fields) {
        return (type(stream) + "\n" + fields).split("\n", -1);
    }

    /** Several appends in one piece; after a kill the first of them may be there, and the others not. */
    private void pipelined(ModelStream stream) throws IOException, Traffic.Later {
        List<String> requests = new ArrayList<>();
        stream.doubt = Doubt.APPENDS;
        for (int i = 2 + random.nextInt(6); i > 0; i--) {
            Unit unit = unit(stream);
            stream.unanswered.add(new ModelStream.Unanswered(unit.text(), unit.body(), null, false));
            requests.add(Wire.request("POST", traffic.target(stream, ""), unit.body(), type(stream)));
        }
        traffic.exchange(requests, false, answer -> answered(stream, answer, "pipelined append"));
        stream.certain();
        traffic.reach.count("pipelined appends");
    }

    private void close(ModelStream stream) throws IOException, Traffic.Later {
        boolean empty = random.nextBoolean();
        Unit unit = empty ? new Unit("", "") : unit(stream);
        Wire.Answer answer = traffic.expect(post(stream, unit, "", true, "Stream-Closed: true"), stream, "close", 204);
        stream.closed = true;
        stream.add(unit.text(), answer.field("stream-next-offset"), traffic.sentNanos());
        traffic.reach.count(empty ? "closed without a body" : "closed with a body");
    }

    private void invalid(ModelStream stream) throws IOException, Traffic.Later {
        switch (random.nextInt(3)) {
            case 0 -> refused(stream, "refused: 400 empty_body", 400, "empty_body", "");
            case 1 -> {
                String other = stream.kind == ModelStream.Kind.TEXT ? "application/json" : "text/plain";
                Wire.Answer answer =
                        traffic.exchange("POST", traffic.target(stream, ""), "[1]", "Content-Type: " + other);
                check(stream, answer, "refused: 409 content_type_mismatch", 409, "content_type_mismatch");
            }
            default -> {
                if (stream.kind == ModelStream.Kind.JSON) {
                    refused(stream, "refused: 400 invalid_json", 400, "invalid_json", "{\"a\":");
                }
            }
        }
    }

    /** Requests with a condition that does not hold, and leave no trace. */
    private void guarded(ModelStream stream) throws IOException, Traffic.Later {
        String method = List.of("PUT", "DELETE", "GET").get(random.nextInt(3));
        List<String> fields = new ArrayList<>(List.of("If-Match: \"zz\""));
        if (method.equals("PUT")) {
            fields.set(0, "If-None-Match: *");
            fields.addAll(stream.configuration);
            if (stream.closed != stream.configuration.contains("Stream-Closed: true")) {
                // It would be refused without a condition too, and that comes first.
                return;
            }
        }
        Wire.Answer answer = traffic.exchange(method, traffic.target(stream, ""), "", fields.toArray(String[]::new));
        traffic.expect(answer, stream, method + " with " + fields.get(0), 412);
        traffic.reach.count("refused: 412 " + method);
    }

    /** An append that must be refused, and leave no trace. */
    private void refused(ModelStream stream, String name, int status, String code, String body, String... fields)
            throws IOException, Traffic.Later {
        List<String> all = new ArrayList<>(List.of(fields));
        all.add(type(stream));
        check(
                stream,
                traffic.exchange("POST", traffic.target(stream, ""), body, all.toArray(String[]::new)),
                name,
                status,
                code);
    }

    private void check(ModelStream stream, Wire.Answer answer, String name, int status, String code)
            throws IOException, Traffic.Later {
        traffic.expect(answer, stream, name, status);
        traffic.require(answer.code().equals(code), stream, "expected " + code + ", got " + answer);
        traffic.reach.count(name);
    }
}
