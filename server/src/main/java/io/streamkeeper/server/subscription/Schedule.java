package io.streamkeeper.server.subscription;

import org.jspecify.annotations.Nullable;

/**
 * When a failed delivery is tried again. Immutable.
 *
 * @param attempts how many attempts in a row have failed
 * @param nextMillis when the next one is due, in milliseconds since 1970 UTC; 0 if none is scheduled
 * @param delayMillis how long it was delayed: a clock that is set back makes that no longer
 * @param error why the last attempt failed; null if none has since one succeeded
 */
record Schedule(
        int attempts,
        long nextMillis,
        long delayMillis,
        @Nullable String error) {
    static final Schedule NONE = new Schedule(0, 0, 0, null);

    boolean isScheduled() {
        return nextMillis > 0;
    }

    /** When the next attempt is due, as a clock that was set back shows it now; 0 if none is scheduled. */
    long nextMillis(long nowMillis) {
        return Math.min(nextMillis, nowMillis + delayMillis);
    }

    /** Nothing is scheduled; a further failure counts on, and the error stays until an attempt succeeds. */
    Schedule paused() {
        return new Schedule(attempts, 0, 0, error);
    }
}
