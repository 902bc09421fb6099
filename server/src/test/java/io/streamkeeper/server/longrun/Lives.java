package io.streamkeeper.server.longrun;

import io.streamkeeper.server.longrun.ModelStream.Doubt;
import io.streamkeeper.server.longrun.ModelStream.Kind;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Creates, forks and deletes the streams of a {@link Traffic}, and looks at those that are gone. */
final class Lives {
    private static final int FORKS_DEEP = 40;

    private final Traffic traffic;
    private final Random random;

    Lives(Traffic traffic) {
        this.traffic = traffic;
        this.random = traffic.random;
    }

    void begin() throws IOException, Traffic.Later {
        List<ModelStream> sources = traffic.streams.stream()
                .filter(stream -> !stream.deleted && stream.secondsToLive < 0)
                .toList();
        if (!sources.isEmpty() && random.nextInt(5) < 2) {
            // Mostly the deepest one or the one with the most forks: chains grow, and so do bushes.
            boolean wide = random.nextInt(3) == 0;
            ModelStream source = sources.get(random.nextInt(sources.size()));
            for (ModelStream other : sources) {
                boolean further =
                        wide ? other.forks > source.forks : other.depth > source.depth && random.nextBoolean();
                source = further ? other : source;
            }
            fork(source);
        } else if (!traffic.streams.isEmpty() && random.nextInt(4) == 0) {
            createAgain(traffic.pick());
        } else {
            create(traffic.newPath(), false);
        }
    }

    private void createAgain(ModelStream stream) throws IOException, Traffic.Later {
        if (stream.deleted || stream.mayExpireSoon()) {
            return;
        }
        stream.mayBeUsed();
        boolean closes = stream.configuration.contains("Stream-Closed: true");
        Wire.Answer same =
                traffic.exchange("PUT", traffic.target(stream, ""), "", stream.configuration.toArray(String[]::new));
        traffic.expect(same, stream, "create again", closes == stream.closed ? 200 : 409);
        stream.read(traffic.sentNanos());
        if (same.status() == 200) {
            traffic.reach.count("created again: 200");
        }
        Wire.Answer other = traffic.exchange("PUT", traffic.target(stream, ""), "", "Content-Type: image/png");
        traffic.expect(other, stream, "create otherwise", 409);
        traffic.reach.count("created otherwise: 409 " + other.code());
        Wire.Answer none = traffic.exchange("GET", traffic.target(traffic.newPath()), "");
        traffic.expect(none, stream, "read what is not there, beside", 404);
        traffic.reach.count("refused: 404 " + none.code());
        stream.mayBeUsed();
    }

    private void create(String path, boolean again) throws IOException, Traffic.Later {
        ModelStream stream = new ModelStream(path, List.of(Kind.values()).get(random.nextInt(3)));
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

    private Wire.Answer put(ModelStream stream, String body) throws IOException, Traffic.Later {
        try {
            Wire.Answer answer = traffic.exchange(
                    "PUT", traffic.target(stream, ""), body, stream.configuration.toArray(String[]::new));
            stream.doubt = Doubt.NONE;
            stream.written(traffic.sentNanos());
            return answer;
        } catch (Traffic.Later e) {
            remove(stream);
            throw e;
        }
    }

    /** Chooses expiry and retention; returns what. */
    private String configure(ModelStream stream) {
        switch (random.nextInt(12)) {
            case 0 -> {
                stream.secondsToLive = random.nextBoolean() ? 3 : 3_600;
                stream.sliding = true;
                stream.configuration.add("Stream-TTL: " + stream.secondsToLive);
                return "created with TTL";
            }
            case 1 -> {
                stream.secondsToLive = random.nextBoolean() ? 3 : 3_600;
                stream.configuration.add("Stream-Expires-At: "
                        + Instant.now().truncatedTo(ChronoUnit.SECONDS).plusSeconds(stream.secondsToLive + 2));
                return "created with Expires-At";
            }
            case 2 -> {
                stream.trimmed = true;
                stream.configuration.add("Stream-Retention-Max-Age: " + (1 + random.nextInt(3)));
                return "created with retention by age";
            }
            case 3, 4 -> {
                stream.trimmed = true;
                stream.configuration.add("Stream-Retention-Max-Bytes: " + (200 + random.nextInt(3_000)));
                return "created with retention by bytes";
            }
            case 5, 6 -> {
                stream.trimmed = true;
                stream.configuration.add("Stream-Retention-Max-Messages: " + (1 + random.nextInt(20)));
                return "created with retention by messages";
            }
            default -> {
                return "created for good";
            }
        }
    }

    private void fork(ModelStream source) throws IOException, Traffic.Later {
        if (source.depth >= FORKS_DEEP) {
            return;
        }
        List<Integer> places = new ArrayList<>(source.offsets.keySet());
        int place = places.get(random.nextInt(places.size()));
        int subOffset = 0;
        List<String> fields = new ArrayList<>(List.of("Stream-Forked-From: " + traffic.target(source, "")));
        int kind = source.trimmed ? 0 : random.nextInt(3);
        String how = "forked at the tail";
        if (kind == 0) {
            place = source.content.length();
        } else {
            how = "forked at an offset";
            fields.add("Stream-Fork-Offset: " + source.offsets.get(place));
            Integer next = source.endOfAppend(place);
            if (kind == 2 && next != null) {
                how = "forked at a sub-offset";
                String unit = source.content.substring(place, next);
                forkBeyond(source, fields, unit);
                subOffset = 1 + random.nextInt(source.kind == Kind.JSON ? messages(unit) : unit.length());
                while (source.kind == Kind.TEXT
                        && subOffset < unit.length()
                        && (unit.charAt(subOffset) & 0xc0) == 0x80) {
                    // Not inside a character of UTF-8.
                    subOffset++;
                }
                fields.add("Stream-Fork-Sub-Offset: " + subOffset);
                place += source.kind == Kind.JSON ? end(unit, subOffset) : subOffset;
            }
        }
        ModelStream fork = new ModelStream(traffic.newPath(), source, place);
        fork.configuration.addAll(fields);
        fork.doubt = Doubt.CREATION;
        traffic.streams.add(fork);
        source.forks++;
        Wire.Answer answer = traffic.expect(put(fork, ""), fork, "fork", 201);
        fork.offsets.put(place, answer.field("stream-next-offset"));
        traffic.reach.count(how);
        traffic.reach.count(source.depth > 0 ? "forked a fork" : "forked an original");
        if (fork.depth >= 8) {
            traffic.reach.count("forked eight deep");
        }
        if (source.forks >= 5) {
            traffic.reach.count("a source had five forks");
        }
    }

    /** A fork of bytes cannot begin beyond the next append. */
    private void forkBeyond(ModelStream source, List<String> fields, String unit) throws IOException, Traffic.Later {
        if (source.kind == Kind.JSON || random.nextInt(4) > 0) {
            return;
        }
        List<String> beyond = new ArrayList<>(fields);
        beyond.add("Stream-Fork-Sub-Offset: " + (unit.length() + 1));
        Wire.Answer answer =
                traffic.exchange("PUT", traffic.target(traffic.newPath()), "", beyond.toArray(String[]::new));
        traffic.expect(answer, source, "fork beyond the next append", 400);
        traffic.reach.count("refused: 400 " + answer.code());
    }

    /** Messages of a unit of JSON: they have no nested objects or braces in their text. */
    private static int messages(String unit) {
        return (int) unit.chars().filter(c -> c == '}').count();
    }

    private static int end(String unit, int messages) {
        int at = 0;
        for (int i = 0; i < messages; i++) {
            at = unit.indexOf('}', at) + 1;
        }
        return at + 1;
    }

    void end() throws IOException, Traffic.Later {
        List<ModelStream> candidates =
                traffic.streams.stream().filter(stream -> !stream.deleted).toList();
        if (candidates.isEmpty()) {
            return;
        }
        ModelStream stream = candidates.get(random.nextInt(candidates.size()));
        if (stream.mayExpireSoon()) {
            lookAtTheGone(stream);
            return;
        }
        stream.doubt = Doubt.DELETION;
        Wire.Answer answer = traffic.exchange("DELETE", traffic.target(stream, ""), "");
        stream.doubt = Doubt.NONE;
        if (answer.status() == 404 && stream.mayHaveExpired()) {
            gone(stream);
            return;
        }
        traffic.expect(answer, stream, "delete", 204);
        traffic.reach.count(stream.forks > 0 ? "deleted a source of forks" : "deleted");
        String offset = stream.tail();
        gone(stream);
        if (stream.forks == 0 && random.nextInt(3) == 0) {
            create(stream.path, true);
            Wire.Answer old = traffic.exchange("GET", traffic.target(stream, "?offset=" + offset), "");
            ModelStream successor = traffic.streams.get(traffic.streams.size() - 1);
            if (!successor.mayExpireSoon()) {
                traffic.expect(old, stream, "read with an offset of the deleted stream of", 410);
                traffic.reach.count("refused: 410 offset_gone");
            }
        }
    }

    /** A stream is deleted or has expired: it is remembered while forks hold it. */
    void gone(ModelStream stream) {
        stream.deleted = true;
        stream.doubt = Doubt.NONE;
        if (stream.forks == 0) {
            remove(stream);
        }
    }

    /** Nothing is left of a stream, and so of deleted ones that it alone has held. */
    private void remove(ModelStream stream) {
        traffic.streams.remove(stream);
        ModelStream source = stream.source;
        if (source != null) {
            source.forks--;
            if (source.forks == 0 && source.deleted) {
                remove(source);
            }
        }
    }

    /** What was never there, as it turned out. */
    void neverWas(ModelStream stream) {
        remove(stream);
    }

    /** A stream that was deleted but has forks, or whose time may have come. */
    void lookAtTheGone(ModelStream stream) throws IOException, Traffic.Later {
        Wire.Answer answer = traffic.exchange("HEAD", traffic.target(stream, ""), "");
        if (stream.deleted) {
            traffic.expect(answer, stream, "describe the deleted", 410);
            traffic.reach.count("refused: 410 stream_deleted");
            Wire.Answer taken = traffic.exchange("PUT", traffic.target(stream, ""), "", "Content-Type: text/plain");
            traffic.expect(taken, stream, "create in the place of the held", 409);
        } else if (answer.status() == 404 || answer.status() == 410) {
            traffic.require(stream.mayHaveExpired(), stream, "it has expired too early: " + answer);
            traffic.reach.count("expired");
            gone(stream);
            Wire.Answer read = traffic.exchange("GET", traffic.target(stream, "?offset=-1"), "");
            traffic.expect(read, stream, "read the expired", stream.forks > 0 ? 410 : 404);
            traffic.reach.count("refused: 404 stream_not_found");
        } else {
            traffic.expect(answer, stream, "describe", 200);
            traffic.require(
                    !stream.mustHaveExpired(traffic.sentNanos()), stream, "the expired is described: " + answer);
        }
    }
}
