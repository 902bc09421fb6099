package io.streamkeeper.server.config;

/** The one check that most values need. */
final class Range {
    private Range() {}

    /** Refuses a value that is not between {@code min} and {@code max}, naming all three. */
    static void check(String name, long value, long min, long max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(name + " is " + value + "; expected " + min + " to " + max);
        }
    }
}
