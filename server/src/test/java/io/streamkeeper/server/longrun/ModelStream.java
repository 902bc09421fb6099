package io.streamkeeper.server.longrun;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What one stream must hold: the appends that were acknowledged, in order, and behind them those that are in doubt, because
 * the connection ended before their answers. Positions count characters of the content, of which each is a byte; of a JSON
 * stream each message has a comma behind it. Belongs to the thread of its {@link Traffic}.
 */
final class ModelStream {
    /** What a stream is made of. */
    enum Kind {
        TEXT("text/plain"),
        JSON("application/json"),
        BINARY("application/octet-stream");

        final String type;

        Kind(String type) {
            this.type = type;
        }
    }

    /** What a request asked for that was not answered. */
    enum Doubt {
        NONE,
        CREATION,
        APPENDS,
        CLOSURE,
        DELETION
    }

    /** An append that was not answered, with the fields that repeat it if it had a producer. */
    record Unanswered(String text, String body, @Nullable String producer, boolean closes) {}

    final String path;
    final Kind kind;
    final @Nullable ModelStream source;
    final List<String> configuration = new ArrayList<>();
    final StringBuilder content = new StringBuilder();

    /** Offsets that the server has issued, by position; each is where an append ends. */
    final TreeMap<Integer, String> offsets = new TreeMap<>();

    /** Where appends end, also those whose offset is not known: a sub-offset of bytes does not go beyond the next. */
    private final TreeSet<Integer> ends = new TreeSet<>();

    /** The next number of each producer, in its epoch. */
    final Map<String, long[]> producers = new HashMap<>();

    final List<Unanswered> unanswered = new ArrayList<>();
    Doubt doubt = Doubt.NONE;
    boolean closed;
    boolean deleted;
    int forks;
    int depth;
    String seq = "";

    /** Whether retention takes from the beginning, of this stream or of one that it inherits from. */
    boolean trimmed;

    /** Seconds that the stream lives without use or at all; -1 for ever. */
    long secondsToLive = -1;

    /** Whether use gives the stream more time. */
    boolean sliding;

    long usedNanos = System.nanoTime();

    ModelStream(String path, Kind kind) {
        this.path = path;
        this.kind = kind;
        this.source = null;
    }

    /** A fork of {@code source} at {@code position}. */
    ModelStream(String path, ModelStream source, int position) {
        this.path = path;
        this.kind = source.kind;
        this.source = source;
        this.trimmed = source.trimmed;
        this.depth = source.depth + 1;
        content.append(source.content, 0, position);
        ends.addAll(source.ends.headSet(position, true));
        ends.add(position);
        offsets.putAll(source.offsets.headMap(position, true));
    }

    /** An append's body, and what the content gets by it. */
    record Unit(String body, String text) {}

    Unit unit(Random random, String name, int length) {
        return switch (kind) {
            case TEXT -> same("<" + name + "é€".repeat(random.nextInt(3)) + "x".repeat(length) + ">");
            case BINARY -> {
                StringBuilder bytes = new StringBuilder(name);
                for (int i = 0; i < length; i++) {
                    bytes.append((char) random.nextInt(256));
                }
                yield new Unit(bytes.toString(), bytes.toString());
            }
            case JSON -> {
                List<String> messages = new ArrayList<>();
                for (int i = 1 + random.nextInt(4); i > 0; i--) {
                    messages.add("{\"n\":\"" + name + "-" + i + "\",\"x\":\"" + "y".repeat(length / i) + "\"}");
                }
                String joined = String.join(",", messages);
                yield new Unit(messages.size() == 1 ? joined : "[" + joined + "]", joined + ",");
            }
        };
    }

    private static Unit same(String text) {
        String bytes = new String(
                text.getBytes(java.nio.charset.StandardCharsets.UTF_8), java.nio.charset.StandardCharsets.ISO_8859_1);
        return new Unit(bytes, bytes);
    }

    /** An append whose offset may not be known. */
    void append(String text) {
        content.append(text);
        ends.add(content.length());
    }

    /** Where the append ends that begins at {@code place}, or null at the tail. */
    @Nullable
    Integer endOfAppend(int place) {
        return ends.higher(place);
    }

    /** An answered append. */
    void add(String text, String nextOffset) {
        append(text);
        offsets.put(content.length(), nextOffset);
        used();
    }

    void used() {
        if (sliding) {
            usedNanos = System.nanoTime();
        }
    }

    /**
     * Whether the stream may have expired by now; it must not have before. A killed server has recorded its last use up to an
     * interval of checkpoints ago, and the next one adds its own interval, which may be shorter.
     */
    boolean mayHaveExpired() {
        long early = sliding ? Plan.CHECKPOINT_MILLIS_MAX : 200;
        return secondsToLive >= 0 && System.nanoTime() - usedNanos >= (secondsToLive * 1_000 - early) * 1_000_000L;
    }

    String tail() {
        return offsets.isEmpty() ? "" : offsets.get(content.length());
    }

    /** The body of an answer as a part of the content. */
    String contentOf(String body) {
        if (kind != Kind.JSON) {
            return body;
        }
        if (!body.startsWith("[") || !body.endsWith("]")) {
            throw new AssertionError(path + ": expected an array, got " + body);
        }
        return body.length() == 2 ? "" : body.substring(1, body.length() - 1) + ",";
    }

    @Override
    public String toString() {
        return path + " (" + kind + ", " + configuration + ", " + content.length() + " bytes, forks " + forks
                + ", depth " + depth + (closed ? ", closed" : "") + (deleted ? ", deleted" : "") + ", doubt " + doubt
                + ")";
    }
}
