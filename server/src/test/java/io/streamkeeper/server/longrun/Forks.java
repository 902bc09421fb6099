package io.streamkeeper.server.longrun;

import io.streamkeeper.server.longrun.ModelStream.Doubt;
import io.streamkeeper.server.longrun.ModelStream.Kind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;

/** Forks the streams of a {@link Traffic}. */
final class Forks {
    /** The end of each message of JSON, and of nothing else in its text. */
    static final String END_OF_MESSAGE = "\"}";

    private static final int FORKS_DEEP = 40;

    private final Traffic traffic;
    private final Lives lives;
    private final Random random;
    private boolean hadFiveForks;

    Forks(Traffic traffic, Lives lives) {
        this.traffic = traffic;
        this.lives = lives;
        this.random = traffic.random;
    }

    /** Forks a stream, or returns false where none is to be forked. */
    boolean begin() throws IOException, Traffic.Later {
        // Of what retention trims, only the tail can be forked.
        boolean untrimmed = random.nextInt(4) > 0;
        List<ModelStream> sources = traffic.streams.stream()
                .filter(stream -> !stream.deleted && stream.life.isForEver() && !(untrimmed && stream.trimmed))
                .toList();
        if (!sources.isEmpty() && random.nextInt(5) < (hadFiveForks ? 2 : 4)) {
            // Mostly the deepest one or the one with the most forks: chains grow, and so do bushes. One of five forks
            // comes first.
            boolean wide = !hadFiveForks || random.nextInt(3) == 0;
            ModelStream source = sources.get(random.nextInt(sources.size()));
            for (ModelStream other : sources) {
                boolean further =
                        wide ? other.forks > source.forks : other.depth > source.depth && random.nextBoolean();
                source = further ? other : source;
            }
            fork(source);
            return true;
        }
        return false;
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
        Wire.Answer answer = traffic.expect(lives.put(fork, ""), fork, "fork", 201);
        fork.offsets.put(place, answer.field("stream-next-offset"));
        traffic.reach.count(how);
        traffic.reach.count(source.depth > 0 ? "forked a fork" : "forked an original");
        if (fork.depth >= 8) {
            traffic.reach.count("forked eight deep");
        }
        if (source.forks >= 5) {
            hadFiveForks = true;
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

    /** Messages of a unit of JSON: no text in them has the end of one. */
    private static int messages(String unit) {
        return unit.split(Pattern.quote(END_OF_MESSAGE), -1).length - 1;
    }

    private static int end(String unit, int messages) {
        int at = 0;
        for (int i = 0; i < messages; i++) {
            at = unit.indexOf(END_OF_MESSAGE, at) + END_OF_MESSAGE.length();
        }
        return at + 1;
    }
}
