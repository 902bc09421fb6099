package io.streamkeeper.server.longrun;

import java.util.Map;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * A JSON stream that subscriptions follow, whose messages are ascending numbers. The thread of its {@link Subscribers}
 * changes it, others read it.
 */
final class FollowedStream {
    /** What was not answered. */
    enum Doubt {
        NONE,
        CREATION,
        APPEND,
        DELETION
    }

    private static final int GENERATION_LENGTH = 16;

    final String path;
    Doubt doubt = Doubt.NONE;

    /** The first number of the append in doubt. */
    int doubtful;

    /** The offset after the last acknowledged append; null if the stream does not exist. */
    private volatile @Nullable String tail;

    /** The first number of each append, by the offset after it. */
    private volatile NavigableMap<String, Integer> numbers = new ConcurrentSkipListMap<>();

    FollowedStream(String path) {
        this.path = path;
    }

    /** What is the same in all offsets of one stream at a path, and in no other's. */
    static String generationOf(String offset) {
        return offset.substring(0, GENERATION_LENGTH);
    }

    /** The offset of the beginning of the stream that {@code offset} is of. */
    static String beginningOf(String offset) {
        return generationOf(offset) + "_" + "0".repeat(GENERATION_LENGTH);
    }

    @Nullable
    String tail() {
        return tail;
    }

    boolean exists() {
        return tail != null;
    }

    void created(String newTail) {
        numbers = new ConcurrentSkipListMap<>();
        tail = newTail;
        doubt = Doubt.NONE;
    }

    void appended(String newTail, int firstNumber) {
        numbers.put(newTail, firstNumber);
        tail = newTail;
        doubt = Doubt.NONE;
    }

    void deleted() {
        tail = null;
        doubt = Doubt.NONE;
    }

    /** The first number after an offset; null if it is not known. */
    @Nullable
    Integer numberAfter(String offset) {
        NavigableMap<String, Integer> known = numbers;
        boolean isBoundary = offset.equals(beginningOf(offset)) || known.containsKey(offset);
        Map.Entry<String, Integer> next = isBoundary ? known.higherEntry(offset) : null;
        return next == null || !generationOf(next.getKey()).equals(generationOf(offset)) ? null : next.getValue();
    }

    /** A place between two offsets where an append ends; the second one if there is none. */
    String placeWithin(String after, String upTo) {
        String next = numbers.higherKey(after);
        return next == null || next.compareTo(upTo) > 0 ? upTo : next;
    }

    @Override
    public String toString() {
        return path + " up to " + tail + ", in doubt: " + doubt;
    }
}
