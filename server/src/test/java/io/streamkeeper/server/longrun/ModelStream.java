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

    /** After this time a server that goes on has written the record of a use. */
    private static final long RECORDED_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** How far the clocks of the server, in milliseconds and the machine's after a start, and of the model may differ. */
    private static final long CLOCKS_DIFFER_MILLIS = 200;

    /** What a server answers within, mostly. */
    private static final long ANSWERED_MILLIS = 2_000;

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

    /** The next number of each producer that is remembered, in its epoch; the one unused for longest first. */
    final Map<String, long[]> producers = new LinkedHashMap<>();

    /** Producers that the stream has forgotten since they wrote. */
    final Set<String> forgotten = new HashSet<>();

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

    /** When the last request was sent that certainly used it, and the last one of which no kill takes the record back. */
    private long usedNanos = System.nanoTime();

    private long keptUseNanos = usedNanos;

    /** When something was last exchanged that may have used it. */
    private long possibleUseNanos = usedNanos;

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

    /** An answered append, whose request was sent at {@code sentNanos}. */
    void add(String text, String nextOffset, long sentNanos) {
        append(text);
        offsets.put(content.length(), nextOffset);
        written(sentNanos);
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

    // ---- expiry ----

    /** A request that was sent at {@code sentNanos} has changed the stream, and is durable. */
    void written(long sentNanos) {
        read(sentNanos);
        keptUseNanos = usedNanos;
    }

    /** A request that was sent at {@code sentNanos} has read the stream. A kill may come before that is recorded. */
    void read(long sentNanos) {
        if (sliding) {
            if (sentNanos - usedNanos > RECORDED_NANOS) {
                keptUseNanos = usedNanos;
            }
            usedNanos = sentNanos;
        }
        mayBeUsed();
    }

    /** The server may have counted a use up to now. */
    void mayBeUsed() {
        if (sliding) {
            possibleUseNanos = System.nanoTime();
        }
    }

    /** The server was killed: the record of a read just before may not have been written. */
    void killed() {
        if (possibleUseNanos - usedNanos <= RECORDED_NANOS) {
            usedNanos = keptUseNanos;
        }
    }

    /** Whether the stream may have expired by now; it must not have before. */
    boolean mayHaveExpired() {
        return expiresWithin(CLOCKS_DIFFER_MILLIS);
    }

    /** Whether the stream may expire before an answer is there: then nobody uses it. */
    boolean mayExpireSoon() {
        return expiresWithin(ANSWERED_MILLIS);
    }

    private boolean expiresWithin(long millis) {
        return secondsToLive >= 0
                && System.nanoTime() - usedNanos >= TimeUnit.MILLISECONDS.toNanos(secondsToLive * 1_000 - millis);
    }

    /** Whether a stream must have expired when a request was sent: a start adds at most one interval to its life. */
    boolean mustHaveExpired(long sentNanos) {
        long late = CLOCKS_DIFFER_MILLIS + (sliding ? Plan.CHECKPOINT_MILLIS_MAX : 2_000);
        return secondsToLive >= 0
                && sentNanos - possibleUseNanos >= TimeUnit.MILLISECONDS.toNanos(secondsToLive * 1_000 + late);
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
