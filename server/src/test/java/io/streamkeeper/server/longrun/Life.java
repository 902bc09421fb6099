package io.streamkeeper.server.longrun;

import java.util.concurrent.TimeUnit;

/**
 * When a stream expires: never, after a time without use, or at a time of the server's wall clock. Between the earliest
 * and the latest time the model accepts both states. Belongs to the thread of its {@link Traffic}.
 */
final class Life {
    /**
     * How far the clocks of the server, in milliseconds and the machine's after a start, and of the model may differ.
     */
    static final long CLOCKS_DIFFER_MILLIS = 200;

    /** A running server has recorded a use after this time. */
    private static final long RECORDED_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** What a server answers within, mostly. */
    private static final long ANSWERED_MILLIS = 2_000;

    final ServerClock clock;

    /** Seconds that the stream lives without use, or in total; -1 for a stream that does not expire. */
    private long seconds = -1;

    /** Whether use gives the stream more time; otherwise it expires at a time of the server's wall clock. */
    private boolean sliding;

    private long expiresAtMillis;

    /**
     * When the last request was sent that certainly used it, and the last one of which no kill takes the record back.
     */
    private long usedNanos = System.nanoTime();

    private long keptUseNanos = usedNanos;
    private final long createdNanos = usedNanos;

    /** When something was last exchanged that may have used it. */
    private long possibleUseNanos = usedNanos;

    /** Whether the server was started with another clock since the last use: a time without use is not known then. */
    private boolean unknown;

    Life(ServerClock clock) {
        this.clock = clock;
    }

    void slides(long newSeconds) {
        seconds = newSeconds;
        sliding = true;
    }

    void ends(long newSeconds, long atMillis) {
        seconds = newSeconds;
        expiresAtMillis = atMillis;
    }

    boolean isForEver() {
        return seconds < 0;
    }

    /** Whether it ends at a time of the clock. */
    boolean endsByTheClock() {
        return seconds >= 0 && !sliding;
    }

    /** Whether it ends at a time of the clock that comes in no run, unless the clock is moved. */
    boolean endsLongAfter() {
        return endsByTheClock() && seconds > 1_000;
    }

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
            unknown = false;
        }
        mayBeUsed();
    }

    /** The server may have counted a use up to now. */
    void mayBeUsed() {
        if (sliding) {
            possibleUseNanos = System.nanoTime();
        }
    }

    /**
     * The server was started with another wall clock, which is what a start has to say for how long the stream was not
     * used: it may have expired, and lives for its time from now on at the longest.
     */
    void startedWithAnotherClock() {
        unknown = sliding;
        mayBeUsed();
    }

    /** Whether nothing says when the stream expires, until it is used. */
    boolean isUnknown() {
        return unknown;
    }

    /** The server was killed: the record of a read just before may not have been written. */
    void killed() {
        if (possibleUseNanos - usedNanos <= RECORDED_NANOS) {
            usedNanos = keptUseNanos;
        }
    }

    /** Whether the stream may have expired by now; it must not have before. */
    boolean mayHaveEnded() {
        return endsWithin(CLOCKS_DIFFER_MILLIS);
    }

    /** Whether the stream may expire before the response: then the request does not use it. */
    boolean mayEndSoon() {
        return endsWithin(ANSWERED_MILLIS);
    }

    private boolean endsWithin(long millis) {
        if (isForEver()) {
            return false;
        }
        if (!sliding) {
            return clock.latestMillisSince(createdNanos) >= expiresAtMillis - millis;
        }
        return unknown || System.nanoTime() - usedNanos >= TimeUnit.MILLISECONDS.toNanos(seconds * 1_000 - millis);
    }

    /** Whether a stream must have expired when a request was sent: starts may have added so much to a sliding life. */
    boolean mustHaveEnded(long sentNanos, long startsAddMillis) {
        if (isForEver()) {
            return false;
        }
        if (!sliding) {
            return clock.earliestMillisSince(sentNanos) >= expiresAtMillis + CLOCKS_DIFFER_MILLIS;
        }
        long late = CLOCKS_DIFFER_MILLIS + startsAddMillis;
        return sentNanos - possibleUseNanos >= TimeUnit.MILLISECONDS.toNanos(seconds * 1_000 + late);
    }
}
