package io.streamkeeper.server.longrun;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The expected content of one stream: the acknowledged appends in order, and after them those in doubt, whose
 * connection ended before the response. Positions count characters of the content, of which each is a byte; of a JSON
 * stream each message is followed by a comma. Used by the thread of its {@link Traffic}.
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

    /** The effect of a request that was not answered. */
    enum Doubt {
        NONE,
        CREATION,
        APPENDS,
        DELETION
    }

    /** An append that was not answered, with the fields that repeat it if it had a producer. */
    record Unanswered(String text, String body, @Nullable String producer, boolean closes) {}

    /**
     * Where a response that followed the stream beside another one is resumed.
     *
     * @param query the streams, as the first request has named them
     * @param position how much of the content was received
     * @param kills how often a server was killed before
     */
    record Resumption(String query, String lastEventId, int position, int kills) {}

    final String path;
    final Kind kind;
    final Life life;
    final @Nullable ModelStream source;
    final List<String> configuration = new ArrayList<>();
    final StringBuilder content = new StringBuilder();

    /** Offsets that the server has issued, by position; each is where an append ends. */
    final TreeMap<Integer, String> offsets = new TreeMap<>();

    /** Where appends end, also those whose offset is not known: a sub-offset of bytes does not go beyond the next. */
    private final TreeSet<Integer> ends = new TreeSet<>();

    /** The next number of each producer that is remembered, in its epoch; the one unused for longest first. */
    final Map<String, long[]> producers = new LinkedHashMap<>();

    /** Producers that the stream has forgotten since they wrote. */
    final Set<String> forgotten = new HashSet<>();

    final List<Unanswered> unanswered = new ArrayList<>();

    /** Those of them that their producers have repeated since: each is there once. */
    final Set<Unanswered> repeated = new HashSet<>();

    Doubt doubt = Doubt.NONE;

    @Nullable
    Resumption resumption;

    int kills;
    boolean closed;
    boolean deleted;
    int forks;
    int depth;
    String seq = "";

    /** Whether retention takes from the beginning, of this stream or of one that it inherits from. */
    boolean trimmed;

    /**
     * At least so many of the last messages, or appends, so many of the last bytes, and what was appended in so many of
     * the last seconds are kept of a trimmed stream.
     */
    int keptMessages;

    int keptBytes;
    int keptSeconds;

    /** Whether a change of what is kept was not answered. */
    boolean isChanging;

    /** When each append was sent that ends at a position, where its age is known. */
    private final TreeMap<Integer, Long> sentNanosByEnd = new TreeMap<>();

    /** What the server adds to the headers of a state message: nothing, or {@link StateOffsets#PLACE}. */
    private final String offset;

    ModelStream(String path, Kind kind, ServerClock clock, boolean addsOffsets) {
        this.path = path;
        this.offset = addsOffsets ? StateOffsets.PLACE : "";
        this.kind = kind;
        this.life = new Life(clock);
        this.source = null;
    }

    /** A fork of {@code source} at {@code position}. */
    ModelStream(String path, ModelStream source, int position) {
        this.path = path;
        this.offset = source.offset;
        this.kind = source.kind;
        this.life = new Life(source.life.clock);
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
                StringBuilder bytes = new StringBuilder(name).append('|');
                for (int i = 0; i < length; i++) {
                    bytes.append((char) random.nextInt(256));
                }
                yield new Unit(bytes.toString(), bytes.toString());
            }
            case JSON -> {
                List<String> messages = new ArrayList<>();
                for (int i = 1 + random.nextInt(4); i > 0; i--) {
                    String state =
                            random.nextInt(3) == 0 ? "\"headers\":{\"control\":\"c\",\"v\":1" + offset + "}," : "";
                    messages.add(
                            "{" + state + "\"n\":\"" + name + "-" + i + "\",\"x\":\"" + "y".repeat(length / i) + "\"}");
                }
                String joined = String.join(",", messages);
                String sent = joined.replace(StateOffsets.PLACE, "");
                String body = messages.size() == 1 ? sent : "[" + sent + "]";
                yield new Unit(random.nextBoolean() ? body : withSpace(body), joined + ",");
            }
        };
    }

    /** The same messages as many clients write them: with white space, which is not kept. */
    private static String withSpace(String body) {
        return body.replace(":", ": ").replace(",", ",\r\n\t");
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

    /** An answered append, whose request was sent at {@code sentNanos}. */
    void add(String text, String nextOffset, long sentNanos) {
        append(text);
        offsets.put(content.length(), nextOffset);
        if (keptSeconds > 0 && !text.isEmpty()) {
            sentNanosByEnd.put(content.length(), sentNanos);
        }
        life.written(sentNanos);
    }

    /** An append of a producer was taken. */
    void produced(String id, long epoch, long seq) {
        producers.remove(id);
        forgotten.remove(id);
        if (producers.size() == Plan.PRODUCERS_MAX) {
            String oldest = producers.keySet().iterator().next();
            producers.remove(oldest);
            forgotten.add(oldest);
        }
        producers.put(id, new long[] {epoch, seq + 1});
    }

    /** The same, of one that was not answered before. */
    void produced(Unanswered append) {
        if (append.producer() != null) {
            String[] parts = append.producer().split("\n", -1);
            produced(value(parts[0]), Long.parseLong(value(parts[1])), Long.parseLong(value(parts[2])));
        }
    }

    private static String value(String field) {
        return field.substring(field.indexOf(':') + 2);
    }

    /** All requests are answered. */
    void certain() {
        doubt = Doubt.NONE;
        unanswered.clear();
        repeated.clear();
    }

    /** How much of the end of the content retention must have kept. */
    int mustBeKept() {
        int bytes = kind == Kind.JSON ? 0 : Math.min(keptBytes, content.length());
        return Math.max(bytes, Math.max(keptByMessages(), keptByAge()));
    }

    private int keptByMessages() {
        int at = content.length();
        for (int i = 0; i < keptMessages && at > 0; i++) {
            Integer before = kind == Kind.JSON ? Integer.valueOf(startOfMessage(at)) : ends.lower(at);
            at = before == null ? 0 : before;
        }
        return content.length() - at;
    }

    /** Where the message begins that ends, with its comma, at {@code end}. */
    private int startOfMessage(int end) {
        int before = content.lastIndexOf(Forks.END_OF_MESSAGE, end - Forks.END_OF_MESSAGE.length() - 2);
        return before < 0 ? 0 : before + Forks.END_OF_MESSAGE.length() + 1;
    }

    /** A clock that is set forward drops nothing for an hour. */
    private int keptByAge() {
        long youngestNanos =
                System.nanoTime() - TimeUnit.MILLISECONDS.toNanos(keptSeconds * 1_000L - Life.CLOCKS_DIFFER_MILLIS);
        for (Map.Entry<Integer, Long> append : sentNanosByEnd.entrySet()) {
            if (keptSeconds > 0 && append.getValue() > youngestNanos) {
                Integer begin = ends.lower(append.getKey());
                return content.length() - (begin == null ? 0 : begin);
            }
        }
        return 0;
    }

    /** The server was killed. */
    void killed() {
        life.killed();
        kills++;
    }

    /** The server was started with another wall clock, which is what a start has to say for how old data is. */
    void startedWithAnotherClock() {
        sentNanosByEnd.clear();
        life.startedWithAnotherClock();
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
        return body.length() == 2 ? "" : StateOffsets.without(body.substring(1, body.length() - 1) + ",");
    }

    @Override
    public String toString() {
        return path + " (" + kind + ", " + configuration + ", " + content.length() + " bytes, forks " + forks
                + ", depth " + depth + (closed ? ", closed" : "") + (deleted ? ", deleted" : "") + ", doubt " + doubt
                + ")";
    }
}
