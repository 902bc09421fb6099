package io.streamkeeper.server.longrun;

import io.streamkeeper.server.longrun.ModelStream.Doubt;
import io.streamkeeper.server.longrun.ModelStream.Kind;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Creates, forks and deletes the streams of a {@link Traffic}, and checks deleted ones. */
final class Lives {
    private static final String MAX_MESSAGES = "Stream-Retention-Max-Messages: ";

    private final Traffic traffic;
    private final Random random;
    private final Forks forks;

    Lives(Traffic traffic) {
        this.traffic = traffic;
        this.random = traffic.random;
        this.forks = new Forks(traffic, this);
    }

    void begin() throws IOException, Traffic.Later {
        if (forks.begin()) {
            return;
        }
        if (!traffic.streams.isEmpty() && random.nextInt(4) == 0) {
            createAgain(traffic.pick());
        } else {
            create(traffic.newPath(), false);
        }
    }

    private void createAgain(ModelStream stream) throws IOException, Traffic.Later {
        if (stream.deleted || stream.life.mayEndSoon()) {
            return;
        }
        if (stream.isChanging) {
            change(stream);
        }
        stream.life.mayBeUsed();
        boolean closes = stream.configuration.contains("Stream-Closed: true");
        Wire.Answer same =
                traffic.exchange("PUT", traffic.target(stream, ""), "", stream.configuration.toArray(String[]::new));
        traffic.expect(same, stream, "create again", closes == stream.closed ? 200 : 409);
        stream.life.read(traffic.sentNanos());
        if (same.status() == 200) {
            traffic.reach.count("created again: 200");
        }
        Wire.Answer other = traffic.exchange("PUT", traffic.target(stream, ""), "", "Content-Type: image/png");
        traffic.expect(other, stream, "create otherwise", 409);
        traffic.reach.count("created otherwise: 409 " + other.code());
        Wire.Answer none = traffic.exchange("GET", traffic.target(traffic.newPath()), "");
        traffic.expect(none, stream, "read what is not there, beside", 404);
        traffic.reach.count("refused: 404 " + none.code());
        stream.life.mayBeUsed();
    }

    /**
     * Lets a stream keep fewer messages, or as many as before. A change that was not answered is repeated: it is the same
     * whether it was made or not.
     */
    void change(ModelStream stream) throws IOException, Traffic.Later {
        if (stream.keptMessages == 0) {
            return;
        }
        if (!stream.isChanging) {
            stream.configuration.remove(MAX_MESSAGES + stream.keptMessages);
            stream.keptMessages = 1 + random.nextInt(stream.keptMessages);
            stream.configuration.add(MAX_MESSAGES + stream.keptMessages);
            stream.isChanging = true;
        }
        Wire.Answer answer =
                traffic.exchange("PATCH", traffic.target(stream, ""), "", MAX_MESSAGES + stream.keptMessages);
        traffic.expect(answer, stream, "change", 200);
        stream.isChanging = false;
        traffic.require(
                String.valueOf(stream.keptMessages).equals(answer.field("stream-retention-max-messages")),
                stream,
                "it was changed to keep " + stream.keptMessages + " messages: " + answer);
        String tag = answer.field("stream-metadata-tag");
        Wire.Answer late = traffic.exchange(
                "PATCH", traffic.target(stream, ""), "", MAX_MESSAGES + 1_000, "If-Match: \"x" + tag.substring(1));
        traffic.expect(late, stream, "change what another has changed", 412);
        traffic.reach.count("changed");
    }

    /** A stream without expiry and retention, of bytes. */
    ModelStream createLasting() throws IOException, Traffic.Later {
        ModelStream stream = new ModelStream(traffic.newPath(), Kind.BINARY, traffic.clock, traffic.addsOffsets());
        stream.configuration.add("Content-Type: " + stream.kind.type);
        stream.doubt = Doubt.CREATION;
        traffic.streams.add(stream);
        Wire.Answer answer = traffic.expect(put(stream, ""), stream, "create", 201);
        stream.offsets.put(0, answer.field("stream-next-offset"));
        return stream;
    }

    private void create(String path, boolean again) throws IOException, Traffic.Later {
        Kind kind = List.of(Kind.values()).get(random.nextInt(3));
        ModelStream stream = new ModelStream(path, kind, traffic.clock, traffic.addsOffsets());
        List<String> fields = stream.configuration;
        fields.add("Content-Type: " + stream.kind.type);
        String with = configure(stream);
        stream.closed = random.nextInt(12) == 0;
        if (stream.closed) {
            fields.add("Stream-Closed: true");
        }
        ModelStream.Unit unit = random.nextBoolean()
                ? stream.unit(random, traffic.newUnit(), random.nextInt(300))
                : new ModelStream.Unit("", "");
        stream.append(unit.text());
        stream.doubt = Doubt.CREATION;
        traffic.streams.add(stream);
        Wire.Answer answer = put(stream, unit.body());
        traffic.expect(answer, stream, "create", 201);
        stream.offsets.put(stream.content.length(), answer.field("stream-next-offset"));
        traffic.reach.count("created " + stream.kind.name().toLowerCase(java.util.Locale.ROOT));
        traffic.reach.count(with);
        traffic.reach.count(stream.closed ? "created closed" : "created open");
        if (again) {
            traffic.reach.count("created in the place of a deleted stream");
        }
    }

    Wire.Answer put(ModelStream stream, String body) throws IOException, Traffic.Later {
        try {
            Wire.Answer answer = traffic.exchange(
                    "PUT", traffic.target(stream, ""), body, stream.configuration.toArray(String[]::new));
            stream.doubt = Doubt.NONE;
            stream.life.written(traffic.sentNanos());
            return answer;
        } catch (Traffic.Later e) {
            remove(stream);
            throw e;
        }
    }

    /** Chooses expiry and retention; returns what. */
    private String configure(ModelStream stream) {
        // A clock that is set forward finds one of them always.
        boolean lacksMoment = traffic.streams.stream().noneMatch(other -> !other.deleted && other.life.endsLongAfter())
                && random.nextInt(4) == 0;
        switch (lacksMoment ? 1 : random.nextInt(12)) {
            case 0 -> {
                int seconds = random.nextBoolean() ? 3 : 3_600;
                stream.life.slides(seconds);
                stream.configuration.add("Stream-TTL: " + seconds);
                return "created with TTL";
            }
            case 1 -> {
                int seconds = !lacksMoment && random.nextBoolean() ? 3 : 3_600;
                Instant end =
                        traffic.clock.now().truncatedTo(ChronoUnit.SECONDS).plusSeconds(seconds + 2);
                stream.life.ends(seconds, end.toEpochMilli());
                stream.configuration.add("Stream-Expires-At: " + end);
                return "created with Expires-At";
            }
            case 2 -> {
                stream.trimmed = true;
                stream.keptSeconds = 1 + random.nextInt(3);
                stream.configuration.add("Stream-Retention-Max-Age: " + stream.keptSeconds);
                return "created with retention by age";
            }
            case 3, 4 -> {
                stream.trimmed = true;
                stream.keptBytes = 200 + random.nextInt(3_000);
                stream.configuration.add("Stream-Retention-Max-Bytes: " + stream.keptBytes);
                return "created with retention by bytes";
            }
            case 5, 6 -> {
                stream.trimmed = true;
                stream.keptMessages = 1 + random.nextInt(20);
                stream.configuration.add(MAX_MESSAGES + stream.keptMessages);
                return "created with retention by messages";
            }
            default -> {
                return "created for good";
            }
        }
    }

    void end() throws IOException, Traffic.Later {
        List<ModelStream> candidates =
                traffic.streams.stream().filter(stream -> !stream.deleted).toList();
        if (candidates.isEmpty()) {
            return;
        }
        ModelStream stream = candidates.get(random.nextInt(candidates.size()));
        if (stream.life.mayEndSoon()) {
            lookAtTheGone(stream);
            return;
        }
        String offset = stream.tail();
        if (!delete(stream)) {
            return;
        }
        traffic.reach.count(stream.forks > 0 ? "deleted a source of forks" : "deleted");
        if (stream.forks == 0 && random.nextInt(3) == 0) {
            create(stream.path, true);
            Wire.Answer old = traffic.exchange("GET", traffic.target(stream, "?offset=" + offset), "");
            ModelStream successor = traffic.streams.get(traffic.streams.size() - 1);
            if (!successor.life.mayEndSoon()) {
                traffic.expect(old, stream, "read with an offset of the deleted stream of", 410);
                traffic.reach.count("refused: 410 offset_gone");
            }
        }
    }

    /** Deletes a stream; returns whether it has not expired before. */
    boolean delete(ModelStream stream) throws IOException, Traffic.Later {
        stream.doubt = Doubt.DELETION;
        Wire.Answer answer = traffic.exchange("DELETE", traffic.target(stream, ""), "");
        stream.doubt = Doubt.NONE;
        if (answer.status() == 404 && stream.life.mayHaveEnded()) {
            gone(stream);
            return false;
        }
        traffic.expect(answer, stream, "delete", 204);
        gone(stream);
        return true;
    }

    /**
     * A stream is deleted, of which the server has answered the deletion: it is remembered while forks hold it. The
     * deleted sources that only this stream held are not there any more.
     */
    void gone(ModelStream stream) throws IOException, Traffic.Later {
        stream.deleted = true;
        stream.doubt = Doubt.NONE;
        if (stream.forks == 0) {
            for (ModelStream source : remove(stream)) {
                Wire.Answer answer = traffic.exchange("HEAD", traffic.target(source, ""), "");
                traffic.expect(answer, source, "describe the released", 404);
                traffic.reach.count("released a deleted source");
            }
        }
    }

    /**
     * A reader has not found a stream that has perhaps expired. A fork holds its source until the server has logged the
     * expiry, which the answer to a deletion waits for.
     */
    void ended(ModelStream stream) throws IOException, Traffic.Later {
        if (stream.source != null) {
            Wire.Answer answer = traffic.exchange("DELETE", traffic.target(stream, ""), "");
            traffic.expect(answer, stream, "delete the expired", stream.forks > 0 ? 410 : 404);
        }
        gone(stream);
    }

    /** Forgets a stream, and the deleted sources that only this stream kept, which it returns. */
    private List<ModelStream> remove(ModelStream stream) {
        List<ModelStream> released = new ArrayList<>();
        traffic.remove(stream);
        ModelStream source = stream.source;
        while (source != null) {
            source.forks--;
            if (source.forks > 0 || !source.deleted) {
                return released;
            }
            traffic.remove(source);
            released.add(source);
            source = source.source;
        }
        return released;
    }

    /** Forgets a stream whose creation was not durable. */
    void neverWas(ModelStream stream) {
        remove(stream);
    }

    /** A stream that was deleted but has forks, or that may have expired. */
    void lookAtTheGone(ModelStream stream) throws IOException, Traffic.Later {
        Wire.Answer answer = traffic.exchange("HEAD", traffic.target(stream, ""), "");
        if (stream.deleted) {
            traffic.expect(answer, stream, "describe the deleted", 410);
            traffic.reach.count("refused: 410 stream_deleted");
            Wire.Answer taken = traffic.exchange("PUT", traffic.target(stream, ""), "", "Content-Type: text/plain");
            traffic.expect(taken, stream, "create in the place of the held", 409);
        } else if (answer.status() == 404 || answer.status() == 410) {
            traffic.require(stream.life.mayHaveEnded(), stream, "it has expired too early: " + answer);
            traffic.reach.count(stream.life.endsLongAfter() ? "expired by a moved clock" : "expired");
            ended(stream);
            Wire.Answer read = traffic.exchange("GET", traffic.target(stream, "?offset=-1"), "");
            traffic.expect(read, stream, "read the expired", stream.forks > 0 ? 410 : 404);
            traffic.reach.count("refused: 404 stream_not_found");
        } else {
            traffic.expect(answer, stream, "describe", 200);
            traffic.require(
                    !stream.life.mustHaveEnded(traffic.sentNanos(), traffic.startsAddMillis()),
                    stream,
                    "the expired is described: " + answer);
            if (stream.life.isUnknown()) {
                useOrFindGone(stream);
            }
        }
    }

    /** From a use on, it is known again how long a stream lives. */
    private void useOrFindGone(ModelStream stream) throws IOException, Traffic.Later {
        Wire.Answer answer = traffic.exchange("GET", traffic.target(stream, "?offset=now"), "");
        stream.life.mayBeUsed();
        if (answer.status() == 404 || answer.status() == 410) {
            ended(stream);
            return;
        }
        traffic.expect(answer, stream, "use", 200);
        stream.life.read(traffic.sentNanos());
        traffic.reach.count("a sliding life outlived a start with another clock");
    }
}
