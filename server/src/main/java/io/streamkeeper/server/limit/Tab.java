package io.streamkeeper.server.limit;

import org.jspecify.annotations.Nullable;

/**
 * What one connection has used of a {@link Meter} that others share, and has not taken from it yet, so that not each
 * request writes to memory of other threads. It is at most 1/{@value #PART} of the quota: none for a quota of fewer
 * tokens, which is exact. So the connections of a client may together exceed its quota once, by as many 1/{@value
 * #PART} as there are connections; what is used over a longer time is exact, because each tab is paid. Owned by the
 * connection's loop.
 */
final class Tab {
    static final long PART = 1024;

    private @Nullable Meter meter;
    private long owed;

    /** Uses {@code tokens} if the bucket contains them. */
    boolean tryUse(Meter now, long tokens, long nowNanos) {
        change(now, nowNanos);
        long all = owed + tokens;
        if (all <= now.quota().amount() / PART) {
            if (now.has(all, nowNanos)) {
                owed = all;
                return true;
            }
        } else if (now.tryTake(all, nowNanos)) {
            owed = 0;
            return true;
        }
        return false;
    }

    /** Whether the bucket contains a token. */
    boolean isOpen(Meter now, long nowNanos) {
        change(now, nowNanos);
        return now.has(owed + 1, nowNanos);
    }

    /** Uses {@code tokens}, which may leave a debt. */
    void use(Meter now, long tokens, long nowNanos) {
        change(now, nowNanos);
        owed += tokens;
        if (owed > now.quota().amount() / PART) {
            pay(nowNanos);
        }
    }

    /** Takes from the meter what was used. */
    void pay(long nowNanos) {
        if (meter != null && owed > 0) {
            meter.take(owed, nowNanos);
        }
        owed = 0;
    }

    /** The limits were read again: another meter counts from now on. */
    @SuppressWarnings("ReferenceEquality")
    private void change(Meter now, long nowNanos) {
        if (meter != now) {
            pay(nowNanos);
            meter = now;
        }
    }
}
