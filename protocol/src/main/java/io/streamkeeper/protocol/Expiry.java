package io.streamkeeper.protocol;

/**
 * When a stream goes by itself (section 5.1): never, after it was neither read nor written for a while, or at a moment.
 * Two are equal if they mean the same.
 */
public sealed interface Expiry {
    /** Only when it is deleted. */
    static Expiry never() {
        return Never.INSTANCE;
    }

    /** Only when it is deleted. */
    record Never() implements Expiry {
        private static final Never INSTANCE = new Never();
    }

    /**
     * After a time without a read or a write.
     *
     * @param seconds that time, not negative
     */
    record Ttl(long seconds) implements Expiry {}

    /**
     * At a moment.
     *
     * @param epochMillis milliseconds since 1970 UTC
     */
    record At(long epochMillis) implements Expiry {}

    /** The moment at which a stream goes that was last used at {@code usedMillis}; {@link Long#MAX_VALUE} for never. */
    default long deadlineMillis(long usedMillis) {
        if (this instanceof Ttl ttl) {
            return ttl.seconds() > (Long.MAX_VALUE - usedMillis) / 1000
                    ? Long.MAX_VALUE
                    : usedMillis + ttl.seconds() * 1000;
        }
        return this instanceof At at ? at.epochMillis() : Long.MAX_VALUE;
    }
}
