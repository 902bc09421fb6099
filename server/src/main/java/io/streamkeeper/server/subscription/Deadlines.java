package io.streamkeeper.server.subscription;

import io.streamkeeper.storage.disk.Clock;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * When the lease ends and when the next attempt is due. The log has both as times of the wall clock; here they are run by
 * the monotonic clock, from the moment on at which they became known, and never longer than a whole lease or the whole
 * delay: a clock that is set does not hold a subscription back. Owned by one loop.
 */
final class Deadlines {
    private final SubscriptionState state;
    private final Clock clock;
    private long leaseMillis;
    private long leaseNanos;
    private long retryMillis;
    private long retryNanos;
    private @Nullable String wakeId;
    private long wakeNanos;

    Deadlines(SubscriptionState state, Clock clock) {
        this.state = state;
        this.clock = clock;
    }

    /** The state has changed. */
    void follow() {
        WakeInFlight wake = state.wake();
        if (wake != null && !wake.id().equals(wakeId)) {
            wakeNanos = clock.monotonicNanos();
        }
        wakeId = wake == null ? null : wake.id();
        long lease = wake == null ? 0 : wake.leaseUntilMillis();
        if (lease != leaseMillis) {
            leaseMillis = lease;
            leaseNanos = nanos(lease, state.spec().leaseMillis());
        }
        long retry = state.schedule().nextMillis();
        if (retry != retryMillis) {
            retryMillis = retry;
            retryNanos = nanos(retry, state.schedule().delayMillis());
        }
    }

    private long nanos(long atMillis, long delayMillisMax) {
        long delay = Math.max(0, Math.min(atMillis - clock.nowMillis(), delayMillisMax));
        return clock.monotonicNanos() + TimeUnit.MILLISECONDS.toNanos(delay);
    }

    /** Whether the wake has a lease, which has ended. */
    boolean isLeaseOver() {
        return leaseMillis > 0 && clock.monotonicNanos() - leaseNanos >= 0;
    }

    /** Whether the next attempt is not due yet. */
    boolean waitsForRetry() {
        return retryMillis > 0 && clock.monotonicNanos() - retryNanos < 0;
    }

    /** How long the lease still lasts, in milliseconds; at least 1. */
    long leaseLeftMillis() {
        return Math.max(1, TimeUnit.NANOSECONDS.toMillis(leaseNanos - clock.monotonicNanos()));
    }

    /** For how long the present wake is known, in milliseconds; 0 without one. */
    long wakeAgeMillis() {
        return wakeId == null ? 0 : TimeUnit.NANOSECONDS.toMillis(clock.monotonicNanos() - wakeNanos);
    }

    /** How long until something is due, in nanoseconds; {@link Long#MAX_VALUE} if nothing will be. */
    long leftNanos() {
        long now = clock.monotonicNanos();
        if (waitsForRetry()) {
            return retryNanos - now;
        }
        return leaseMillis > 0 ? Math.max(0, leaseNanos - now) : Long.MAX_VALUE;
    }
}
