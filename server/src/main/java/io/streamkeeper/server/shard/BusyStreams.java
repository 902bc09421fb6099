package io.streamkeeper.server.shard;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Counts the requests of the streams of one shard that are used most, in constant memory. Owned by the shard's loop.
 *
 * <p>A window of time has {@value #PLACES} places, in sets of {@value #WAYS}; the path determines the set (space-saving
 * algorithm, divided into sets so that a request looks at few places). A stream that has no place takes that of the
 * least used stream of its set, and inherits its weight, so that a stream which is used often keeps its place. So the
 * counts of a stream that has at least an eighth of the use of its set are at most too low by what it had before it got
 * its place. The current window and the one before it are kept, so that the counts always cover between one and two
 * windows.
 */
final class BusyStreams {
    private static final int WAYS = 8;
    private static final int SETS = 64;
    private static final int PLACES = WAYS * SETS;
    private static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** Bytes of an append that weigh as much as a request. */
    private static final int REQUEST_BYTES = 4 << 10;

    private static final int HASH_BITS = 16;

    /** The use of a stream in a window. */
    private static final class Place {
        private String path = "";
        private long weight;
        private long appends;
        private long appendedBytes;
        private long reads;
    }

    /** What was counted in a time; its arrays are used again for the next window but one. */
    private static final class Window {
        private final int[] hashes = new int[PLACES];
        private final Place[] places = new Place[PLACES];
        private long beganNanos;

        Window(long nowNanos) {
            Arrays.setAll(places, i -> new Place());
            beganNanos = nowNanos;
        }

        void begin(long nowNanos) {
            Arrays.fill(hashes, 0);
            for (Place place : places) {
                clear(place, "", 0);
            }
            beganNanos = nowNanos;
        }

        private static void clear(Place place, String path, long weight) {
            place.path = path;
            place.weight = weight;
            place.appends = 0;
            place.appendedBytes = 0;
            place.reads = 0;
        }

        /** The place of a path, which it takes from another one if it has none. */
        Place of(String path) {
            int hash = path.hashCode();
            int first = ((hash ^ (hash >>> HASH_BITS)) & (SETS - 1)) * WAYS;
            int least = first;
            for (int i = first; i < first + WAYS; i++) {
                if (hashes[i] == hash && places[i].path.equals(path)) {
                    return places[i];
                }
                if (places[i].weight < places[least].weight) {
                    least = i;
                }
            }
            hashes[least] = hash;
            clear(places[least], path, places[least].weight);
            return places[least];
        }
    }

    private Window current;
    private Window before;

    BusyStreams(long nowNanos) {
        current = new Window(nowNanos);
        before = new Window(nowNanos);
    }

    // ---- counting ----

    /** A request to append {@code bytes}. */
    void append(String path, int bytes) {
        Place place = current.of(path);
        place.weight += REQUEST_BYTES + bytes;
        place.appends++;
        place.appendedBytes += bytes;
    }

    /** A request to read. */
    void read(String path) {
        Place place = current.of(path);
        place.weight += REQUEST_BYTES;
        place.reads++;
    }

    /** Begins a new window if the time of the current one is over. To be called periodically. */
    void step(long nowNanos) {
        if (nowNanos - current.beganNanos >= WINDOW_NANOS) {
            Window next = before;
            before = current;
            current = next;
            current.begin(nowNanos);
        }
    }

    // ---- reading ----

    /** Nanoseconds that the counts cover. */
    long nanos(long nowNanos) {
        return nowNanos - before.beganNanos;
    }

    /** The use of each stream that has a place, by its path. */
    Map<String, StreamUse> all() {
        Map<String, StreamUse> all = new HashMap<>();
        add(all, before);
        add(all, current);
        return all;
    }

    private static void add(Map<String, StreamUse> all, Window window) {
        for (Place place : window.places) {
            if (!place.path.isEmpty()) {
                all.merge(place.path, new StreamUse(place.appends, place.appendedBytes, place.reads), StreamUse::plus);
            }
        }
    }
}
