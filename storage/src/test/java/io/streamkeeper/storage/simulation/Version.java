package io.streamkeeper.storage.simulation;

import io.streamkeeper.protocol.Expiry;
import io.streamkeeper.protocol.Producer;
import io.streamkeeper.protocol.Retention;
import io.streamkeeper.storage.stream.ProducerLimits;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A stream after one of its records. Immutable; the rules of the protocol and of retention are stated here for the
 * second time, without the implementation.
 *
 * @param of the stream
 * @param text everything that was ever readable, inherited or its own, in stored form
 * @param last the last message of its own (of JSON) or append (of bytes)
 * @param trimmable up to where a bound on bytes or messages has allowed retention to trim, at some record so far
 */
record Version(
        Incarnation of,
        String text,
        @Nullable Piece last,
        long trimmable,
        boolean closed,
        @Nullable Producer closedBy,
        @Nullable String seq,
        Map<String, Used> producers,
        boolean deleted,
        Expiry expiry,
        Retention retention) {

    /** Where the stored form of a message has the offset that the store adds, which is known when it is appended. */
    static final String OFFSET = "@";

    /** A producer's last request, and when it counts as used. */
    record Used(Producer last, long millis) {}

    /** A message or an append, which retention does not cut. */
    record Piece(@Nullable Piece before, long start, long end, long count, long millis) {}

    /** A stream right after its creation. */
    static Version created(Incarnation of, String... stored) {
        Version empty = new Version(
                of,
                of.inherited,
                null,
                of.earliestAtFork,
                of.createdClosed,
                null,
                null,
                Map.of(),
                false,
                of.expiry,
                of.retention);
        return empty.grown(of.createdMillis, stored);
    }

    /** Whether a reader of {@code stream} may see {@code read} from {@code start} on. */
    boolean shows(Incarnation stream, String read, long start) {
        return of == stream && !deleted && text.startsWith(read, (int) start);
    }

    private Version grown(long millis, String... stored) {
        StringBuilder grown = new StringBuilder(text);
        Piece piece = last;
        for (String message : stored) {
            long start = grown.length();
            grown.append(message);
            addOffset(grown, message);
            piece = new Piece(piece, start, grown.length(), piece == null ? 1 : piece.count() + 1, millis);
        }
        Version next = new Version(
                of, grown.toString(), piece, trimmable, closed, closedBy, seq, producers, deleted, expiry, retention);
        return next.withTrimmable(Math.max(trimmable, next.trimmableByBounds()));
    }

    /** The offset in the last message is that of the place after the message. */
    private void addOffset(StringBuilder grown, String message) {
        int at = message.indexOf(OFFSET);
        if (at >= 0) {
            int index = grown.length() - message.length() + at;
            String field = ",\"offset\":\"%016d_%016d\"";
            int end = grown.length() - OFFSET.length() + field.formatted(0, 0).length();
            grown.replace(index, index + OFFSET.length(), field.formatted(of.generation, 2L * end));
        }
    }

    private Version withTrimmable(long position) {
        return new Version(of, text, last, position, closed, closedBy, seq, producers, deleted, expiry, retention);
    }

    Version appended(
            long millis,
            boolean close,
            @Nullable Producer producer,
            @Nullable String newSeq,
            int producersMax,
            String... stored) {
        Version grown = grown(millis, stored);
        Map<String, Used> all = producers;
        if (producer != null) {
            all = new LinkedHashMap<>(producers);
            long used = Math.max(millis, newestUse());
            if (all.remove(producer.id()) == null) {
                while (all.size() >= producersMax) {
                    all.remove(all.keySet().iterator().next());
                }
            }
            all.put(producer.id(), new Used(producer, used));
        }
        return new Version(
                of,
                grown.text,
                grown.last,
                grown.trimmable,
                close,
                close ? producer : null,
                newSeq == null ? seq : newSeq,
                all,
                false,
                expiry,
                retention);
    }

    /** The stream with other limits; {@code clockMillis} is the latest time so far. What the former allowed stays so. */
    Version changed(Expiry newExpiry, Retention newRetention, long clockMillis) {
        Version next = new Version(
                of,
                text,
                last,
                trimmableAt(clockMillis),
                closed,
                closedBy,
                seq,
                producers,
                deleted,
                newExpiry,
                newRetention);
        return next.withTrimmable(Math.max(next.trimmable, next.trimmableByBounds()));
    }

    /** The stream after a trim before a position. */
    Version trimmedBefore(long position) {
        return withTrimmable(Math.max(trimmable, position));
    }

    /** The last request of a producer that is remembered, or null. */
    @Nullable
    Producer lastOf(String id) {
        Used used = producers.get(id);
        return used == null ? null : used.last();
    }

    private long newestUse() {
        return producers.values().stream().mapToLong(Used::millis).max().orElse(0);
    }

    /** Whether another producer has no room: those that would be evicted for it were used too short a time ago. */
    boolean hasTooManyProducers(ProducerLimits limits, long nowMillis) {
        int surplus = producers.size() + 1 - limits.producersMax();
        if (surplus <= 0) {
            return false;
        }
        long now = Math.max(nowMillis, newestUse());
        return producers.values().stream().limit(surplus).anyMatch(used -> now - used.millis() < limits.keptMillis());
    }

    Version withoutReaders() {
        return new Version(of, text, last, trimmable, closed, closedBy, seq, producers, true, expiry, retention);
    }

    int tail() {
        return text.length();
    }

    /** When the last append with content was made, in seconds; 0 if there was none. */
    long appendedSeconds() {
        return last == null ? 0 : last.millis() / 1_000;
    }

    /** What a bound on bytes or messages allows to trim: all but what is requested. */
    private long trimmableByBounds() {
        long position = of.earliestAtFork;
        if (retention.maxBytes() >= 0) {
            position = Math.max(position, tail() - retention.maxBytes());
        }
        if (retention.maxMessages() >= 0 && last != null) {
            position = Math.max(position, startOfLast(retention.maxMessages()));
        }
        return position;
    }

    /** Where the last {@code count} messages begin; at the beginning of its own where there are fewer. */
    private long startOfLast(long count) {
        Piece piece = last;
        for (long i = 1; i < count && piece != null; i++) {
            piece = piece.before();
        }
        return piece == null ? of.earliestAtFork : piece.start();
    }

    /** Up to where anything has allowed retention to trim, if {@code clockMillis} was the latest time so far. */
    long trimmableAt(long clockMillis) {
        long age = retention.maxAgeSeconds();
        if (age < 0) {
            return trimmable;
        }
        for (Piece piece = last; piece != null; piece = piece.before()) {
            if (piece.millis() + age * 1_000 < clockMillis) {
                return Math.max(trimmable, piece.end());
            }
        }
        return of.createdMillis + age * 1_000 < clockMillis ? Math.max(trimmable, of.ownStart()) : trimmable;
    }

    /** Whether a read may begin at {@code position}: bytes anywhere, JSON between two messages. */
    boolean isBoundary(long position) {
        if (!of.json || position == 0) {
            return true;
        }
        return position <= text.length() && isEndOfMessage((int) position - 1);
    }

    private boolean isEndOfMessage(int comma) {
        return text.startsWith(",", comma) && !text.startsWith("\"offset\"", comma + 1);
    }

    /** Where the message that begins at {@code position} ends, with its comma. */
    int messageEnd(int position) {
        int comma = text.indexOf(',', position);
        while (!isEndOfMessage(comma)) {
            comma = text.indexOf(',', comma + 1);
        }
        return comma + 1;
    }

    /** The piece that holds the byte at {@code position}, or null where that is inherited. */
    @Nullable
    Piece pieceAt(long position) {
        Piece piece = last;
        while (piece != null && piece.start() > position) {
            piece = piece.before();
        }
        return piece;
    }

    @Override
    public String toString() {
        return of + " tail " + tail() + (closed ? " closed" : "") + (seq == null ? "" : " seq " + seq)
                + (producers.isEmpty() ? "" : " " + (producers.size() > 20 ? producers.size() : producers.values()))
                + (expiry.equals(of.expiry) ? "" : " now " + expiry)
                + (retention.equals(of.retention) ? "" : " now " + retention)
                + (deleted ? " deleted" : "");
    }
}
