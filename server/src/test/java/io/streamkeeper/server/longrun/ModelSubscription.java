package io.streamkeeper.server.longrun;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What must hold of one subscription, from its creation to its deletion: what a worker is shown begins where something was
 * acknowledged, or may have been, and a generation is used once. Safe for use by any thread.
 */
final class ModelSubscription {
    /** What was not answered. */
    enum Doubt {
        NONE,
        CREATION,
        LINK,
        UNLINK,
        DELETION
    }

    /** A wake as a worker knows it. */
    record Shown(String wakeId, long generation, String token, List<Part> parts) {}

    /** A stream of a wake. */
    record Part(String path, String acked, String tail) {}

    /** How much of one stream is done. Offsets of one stream have the order of their texts. */
    private static final class Progress {
        /** Nothing before this is delivered. */
        private String from;

        /** The end of what a worker was shown. */
        private String shown;

        private String mayBeAcked;

        /** What certainly is acknowledged; null if that is not known. */
        private @Nullable String acked;

        private long ackedGeneration;

        Progress(String from) {
            this.from = from;
            this.shown = from;
            this.mayBeAcked = from;
        }
    }

    final String id;
    final int number;
    final @Nullable String pattern;

    /** Where wakes are written; null for a webhook. */
    final @Nullable String wakeStream;

    /** Whether a server that does not authenticate has created it. */
    final boolean isOfNobody;

    /** Whether the server has it. */
    volatile boolean isConfirmed;

    /** What is not answered, and of which stream; for the thread of {@link Subscribers} alone. */
    Doubt doubt = Doubt.CREATION;

    @Nullable
    FollowedStream doubtful;

    /** Whether it was created, or a stream linked, by a request of which nothing says when it was executed. */
    volatile boolean startIsUnknown;

    private final Set<String> explicit = new LinkedHashSet<>();
    private final Map<String, Progress> progress = new HashMap<>();
    private final Map<Long, String> wakeIds = new HashMap<>();
    private final Map<Long, List<Part>> snapshots = new HashMap<>();
    private final Map<String, String> placesByWorker = new HashMap<>();
    private final Set<Long> claimed = new LinkedHashSet<>();
    private String configuration = "";
    private long generation;
    private int failuresInARow;
    private long shownNanos;
    private long deletedNanos;
    private @Nullable Shown last;

    ModelSubscription(
            String id, int number, @Nullable String pattern, @Nullable String wakeStream, boolean isOfNobody) {
        this.id = id;
        this.number = number;
        this.pattern = pattern;
        this.wakeStream = wakeStream;
        this.isOfNobody = isOfNobody;
    }

    boolean isPullWake() {
        return wakeStream != null;
    }

    /** Whether its workers are woken by the server of a session. */
    boolean isAllowed(Session session) {
        return session.isOpen || !isOfNobody;
    }

    void configured(String newConfiguration) {
        configuration = newConfiguration;
    }

    /** The body of the request that creates and confirms it. */
    String configuration() {
        return configuration;
    }

    synchronized List<String> explicit() {
        return List.copyOf(explicit);
    }

    synchronized boolean isExplicit(String path) {
        return explicit.contains(path);
    }

    /** Whether the server links a stream: the patterns that are used match all streams. */
    synchronized boolean follows(String path) {
        return pattern != null || explicit.contains(path);
    }

    // ---- links ----

    private Progress progress(String path, String offset) {
        return progress.computeIfAbsent(key(path, offset), key -> new Progress(FollowedStream.beginningOf(offset)));
    }

    private static String key(String path, String offset) {
        return path + " " + FollowedStream.generationOf(offset);
    }

    /** A stream is linked at its end, if it exists and is not linked yet. */
    synchronized void startsAtTheEnd(FollowedStream stream) {
        String tail = stream.tail();
        if (tail != null) {
            Progress of = progress(stream.path, tail);
            of.from = tail;
            of.mayBeAcked = later(of.mayBeAcked, tail);
            of.acked = null;
        }
    }

    /** All streams begin where the server's description says; see {@link #startIsUnknown}. */
    synchronized void startsWhere(JsonNode view) {
        view.get("streams").forEach(stream -> {
            String acked = stream.get("acked_offset").asText();
            Progress of = progress(
                    stream.get("path").asText(), stream.get("tail_offset").asText());
            of.mayBeAcked = later(of.mayBeAcked, acked);
        });
        startIsUnknown = false;
    }

    /** What a stream has now need not be shown to a worker. */
    synchronized void needNotShow(FollowedStream stream) {
        String tail = stream.tail();
        if (tail != null) {
            Progress of = progress(stream.path, tail);
            of.shown = later(of.shown, tail);
        }
    }

    synchronized void link(String path) {
        explicit.add(path);
    }

    synchronized void unlink(String path) {
        explicit.remove(path);
    }

    // ---- wakes ----

    /** A worker is shown a wake, which is compared with all that is known. */
    synchronized Shown shown(JsonNode body, String token) {
        Shown wake = parse(body, token);
        String known = wakeIds.putIfAbsent(wake.generation(), wake.wakeId());
        require(known == null || known.equals(wake.wakeId()), "a generation is used again: " + body);
        if (isPullWake()) {
            require(claimed.add(wake.generation()), "a wake is claimed twice: " + body);
        } else {
            List<Part> before = snapshots.putIfAbsent(wake.generation(), wake.parts());
            require(before == null || before.equals(wake.parts()), "a wake is not as it was: " + body);
        }
        wake.parts().forEach(part -> see(part, wake.generation(), known == null));
        generation = Math.max(generation, wake.generation());
        last = wake;
        shownNanos = System.nanoTime();
        return wake;
    }

    private static Shown parse(JsonNode body, String token) {
        List<Part> parts = new ArrayList<>();
        body.get("streams").forEach(stream -> {
            Part part = new Part(
                    stream.get("path").asText(),
                    stream.get("acked_offset").asText(),
                    stream.get("tail_offset").asText());
            if (stream.get("has_pending").asBoolean()) {
                parts.add(part);
            }
        });
        return new Shown(body.get("wake_id").asText(), body.get("generation").asLong(), token, List.copyOf(parts));
    }

    private void see(Part part, long inGeneration, boolean isNew) {
        Progress of = progress(part.path(), part.tail());
        if (startIsUnknown) {
            of.mayBeAcked = later(of.mayBeAcked, part.acked());
        }
        boolean isAfter = part.acked().compareTo(of.mayBeAcked) <= 0;
        require(isAfter, "the cursor has passed what was acknowledged, " + of.mayBeAcked + ": " + part);
        if (isNew && of.acked != null && of.ackedGeneration < inGeneration) {
            require(part.acked().compareTo(of.acked) >= 0, "the cursor is before " + of.acked + ": " + part);
        }
        of.shown = later(of.shown, part.tail());
    }

    private static String later(String one, String other) {
        return one.compareTo(other) < 0 ? other : one;
    }

    /** A worker is about to acknowledge a stream up to an offset. */
    synchronized void mayAcknowledge(String path, String offset) {
        Progress of = progress(path, offset);
        of.mayBeAcked = later(of.mayBeAcked, offset);
    }

    /** The server has confirmed an acknowledgement. */
    synchronized void acknowledged(String path, String offset, long inGeneration) {
        Progress of = progress(path, offset);
        if (of.acked == null || of.acked.compareTo(offset) < 0) {
            of.acked = offset;
            of.ackedGeneration = inGeneration;
        }
    }

    /** The last wake that was shown. */
    @Nullable
    synchronized Shown last() {
        return last;
    }

    /** When a worker was shown something for the last time. */
    synchronized long shownNanos() {
        return shownNanos;
    }

    synchronized long generation() {
        return generation;
    }

    // ---- failures ----

    /** The worker does not do what it should, unless it did not for the last times. */
    synchronized boolean fails(int inARowMax) {
        if (failuresInARow >= inARowMax) {
            return false;
        }
        failuresInARow++;
        return true;
    }

    synchronized void succeeded() {
        failuresInARow = 0;
    }

    // ---- places in the wake stream ----

    synchronized String placeOf(String worker) {
        return placesByWorker.getOrDefault(worker, "-1");
    }

    synchronized void place(String worker, String offset) {
        placesByWorker.put(worker, offset);
    }

    // ---- ends ----

    synchronized void deleted() {
        deletedNanos = System.nanoTime();
    }

    /** For how long the subscription has been deleted; 0 if it is not. */
    synchronized long deletedForNanos() {
        return deletedNanos == 0 ? 0 : System.nanoTime() - deletedNanos;
    }

    // ---- checks ----

    /** A stream of which something was not shown to a worker; null if there is none. */
    @Nullable
    synchronized FollowedStream undelivered(List<FollowedStream> streams) {
        for (FollowedStream stream : streams) {
            String tail = stream.tail();
            if (tail != null && follows(stream.path)) {
                Progress of = progress(stream.path, tail);
                if (tail.compareTo(later(of.from, of.shown)) > 0) {
                    return stream;
                }
            }
        }
        return null;
    }

    /**
     * What certainly holds at a time.
     *
     * @param generation the greatest one that was used
     * @param acked what is acknowledged of each stream
     */
    record Floor(long generation, Map<String, String> acked) {}

    synchronized Floor floor() {
        Map<String, String> acked = new HashMap<>();
        progress.forEach((key, of) -> acked.put(key, of.acked == null ? of.from : of.acked));
        return new Floor(generation, acked);
    }

    /** Compares the server's description with what has held before it was requested. */
    synchronized void check(JsonNode view, Floor floor) {
        require(
                view.get("generation").asLong() >= floor.generation(),
                "the generation is less than " + floor.generation());
        for (JsonNode stream : view.get("streams")) {
            String path = stream.get("path").asText();
            String acked = stream.get("acked_offset").asText();
            Progress of = progress(path, stream.get("tail_offset").asText());
            require(acked.compareTo(of.mayBeAcked) <= 0, "acknowledged is at most " + of.mayBeAcked + ": " + stream);
            String least = floor.acked().getOrDefault(key(path, acked), acked);
            require(acked.compareTo(least) >= 0, "acknowledged is at least " + least + ": " + stream);
        }
    }

    private void require(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(this + ": " + what);
        }
    }

    @Override
    public String toString() {
        return "subscription " + id + " (number " + number + ", " + (isPullWake() ? "pull-wake" : "webhook")
                + ", pattern " + pattern + ", explicit " + explicit + ", in doubt: " + doubt + ")";
    }
}
