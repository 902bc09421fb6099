package io.streamkeeper.cluster;

/**
 * By how much the clock of another member differs from that of this one.
 *
 * @param millis positive if the other clock is ahead
 * @param errorMillis the difference is that much more or less at most: half the time of the message
 */
public record ClockSkew(long millis, long errorMillis) {
    /** A difference above this is reported. */
    public static final long MILLIS_MAX = 500;

    /** Whether the clocks certainly differ by more than {@link #MILLIS_MAX}. */
    public boolean isTooLarge() {
        return Math.abs(millis) - errorMillis > MILLIS_MAX;
    }
}
