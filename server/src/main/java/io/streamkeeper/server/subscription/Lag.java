package io.streamkeeper.server.subscription;

/**
 * What subscriptions have not acknowledged. Immutable.
 *
 * @param links links with such data
 * @param bytes of it, up to the tails that were looked at last; these may be some seconds old
 * @param oldestMillis for how long the link that is behind longest has had such data; 0 for none
 */
public record Lag(long links, long bytes, long oldestMillis) {
    /** Everything is acknowledged. */
    public static final Lag NONE = new Lag(0, 0, 0);

    /** The sum of both: that of two subscriptions. */
    Lag plus(Lag other) {
        return new Lag(links + other.links, bytes + other.bytes, Math.max(oldestMillis, other.oldestMillis));
    }
}
