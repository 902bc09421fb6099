package io.streamkeeper.storage.stream;

import io.streamkeeper.protocol.Expiry;
import io.streamkeeper.storage.record.LogRecord;
import io.streamkeeper.storage.record.StreamMeta;

/**
 * When one stream expires: by the time without use, which is steady time, by the wall clock, or never. Owned by the
 * shard's loop.
 *
 * <p>A use is in no record as a rule: one record covers all uses of an interval, see {@link LogRecord.Used}. So this is
 * not a function of the log, and the log has the end of the stream, which the owner decides.
 */
public final class Lifetime {
    /** Of all streams that never expire. */
    private static final Lifetime ENDLESS = new Lifetime(Expiry.never(), 0, -1, 0);

    private final Expiry expiry;
    private long usedMillis;
    private long recordedUseMillis;
    private long coveredMillis;
    private long turnMillis;

    private Lifetime(Expiry expiry, long usedMillis, long recordedUseMillis, long coveredMillis) {
        this.expiry = expiry;
        this.usedMillis = usedMillis;
        this.recordedUseMillis = recordedUseMillis;
        this.coveredMillis = coveredMillis;
    }

    /** The lifetime of a stream that is created. */
    static Lifetime of(LogRecord.Created created) {
        return created.expiry() instanceof Expiry.Never
                ? ENDLESS
                : new Lifetime(created.expiry(), created.atMillis(), created.atMillis(), 0);
    }

    /** The lifetime in a description; see {@link #recover}. */
    static Lifetime of(StreamMeta meta) {
        return meta.created().expiry() instanceof Expiry.Never
                ? ENDLESS
                : new Lifetime(
                        meta.created().expiry(), meta.created().atMillis(), meta.usedMillis(), meta.coveredMillis());
    }

    // ---- use ----

    /** The stream is created, at this steady time, which the time of its record is not. */
    public void usedFirst(long steadyMillis) {
        if (isSliding()) {
            usedMillis = steadyMillis;
        }
    }

    /** The stream was read or written, at this steady time. */
    public void use(long steadyMillis) {
        if (isSliding()) {
            usedMillis = Math.max(usedMillis, steadyMillis);
        }
    }

    /** A record says that the stream was used, and that uses up to {@code newCoveredMillis} later are in no record. */
    public void recorded(long wallMillis, long newCoveredMillis) {
        if (isSliding()) {
            recordedUseMillis = wallMillis;
            coveredMillis = newCoveredMillis;
        }
    }

    /** The stream was written to, which its record says. */
    void written(long wallMillis) {
        if (isSliding() && !isCovered(wallMillis)) {
            recorded(wallMillis, 0);
        }
    }

    /** Whether the recorded use covers a use at that time, so that it need not be recorded. */
    public boolean isCovered(long wallMillis) {
        return Math.abs(wallMillis - recordedUseMillis) < coveredMillis;
    }

    /**
     * Estimates the last use after a start. It was not later than the recorded use covers, by the interval of the
     * server that recorded it, and not later than now. So a start never shortens a lifetime, and lengthens it by that
     * interval at most, whatever its own interval is and however often the server starts. If no use is recorded, or one
     * in the future because the clock was set back, the last use is now.
     *
     * @return whether the estimate must replace what is recorded
     */
    public boolean recover(long nowMillis) {
        if (!isSliding()) {
            return false;
        }
        boolean known = recordedUseMillis >= 0 && recordedUseMillis <= nowMillis;
        if (!known) {
            recorded(nowMillis, 0);
        }
        usedMillis = isCovered(nowMillis) ? nowMillis : recordedUseMillis + coveredMillis;
        return !known;
    }

    /** The last use that is recorded, of a stream that lives for a time without use; -1 if none is. */
    long recordedUseMillis() {
        return isSliding() ? recordedUseMillis : -1;
    }

    /** For how long after that no use is recorded. */
    long coveredMillis() {
        return isSliding() ? coveredMillis : 0;
    }

    // ---- end ----

    /**
     * Whether the stream expires by the time without use, which is steady time; otherwise by the wall clock or never.
     */
    public boolean isSliding() {
        return expiry instanceof Expiry.Ttl;
    }

    /** Whether the stream expires at all. */
    public boolean ends() {
        return !(expiry instanceof Expiry.Never);
    }

    /** When the stream expires unless it is used before, in steady time if {@link #isSliding}. */
    long deadlineMillis() {
        return expiry.deadlineMillis(usedMillis);
    }

    public boolean isOver(long wallMillis, long steadyMillis) {
        return deadlineMillis() <= (isSliding() ? steadyMillis : wallMillis);
    }

    /** When the stream's turn comes in the {@link ExpiryQueue}, which alone changes it. */
    long turnMillis() {
        return turnMillis;
    }

    void takeTurnAt(long millis) {
        turnMillis = millis;
    }
}
