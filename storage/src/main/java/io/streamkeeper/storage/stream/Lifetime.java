package io.streamkeeper.storage.stream;

import io.streamkeeper.protocol.Expiry;
import io.streamkeeper.storage.record.LogRecord;
import io.streamkeeper.storage.record.StreamMeta;

/**
 * Determines when one stream expires: after a time without use, measured in steady time; at a time of the wall clock;
 * or never. Owned by the shard's loop.
 *
 * <p>Most uses are not in a record, because one record covers all uses of an interval, see {@link LogRecord.Used}. So a
 * lifetime is not a function of the log; instead, the owner decides when the stream expires, and logs that.
 */
public final class Lifetime {
    /** The lifetime of all streams that never expire. */
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

    /** The stream is created at this steady time; the time of its record is of the wall clock. */
    public void usedFirst(long steadyMillis) {
        if (isSliding()) {
            usedMillis = steadyMillis;
        }
    }

    /** The stream was read or written at this steady time. */
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

    /** The stream was written to, according to a record. */
    void written(long wallMillis) {
        if (isSliding() && !isCovered(wallMillis)) {
            recorded(wallMillis, 0);
        }
    }

    /** Whether the recorded use covers a use at {@code wallMillis}, so that the latter need not be recorded. */
    public boolean isCovered(long wallMillis) {
        return Math.abs(wallMillis - recordedUseMillis) < coveredMillis;
    }

    /**
     * Estimates the last use after a start. It was not later than the end of the interval that the record covers, which
     * is that of the server that wrote it, and not later than now. So a start never shortens a lifetime, and lengthens
     * it by at most that interval, whatever the interval of the new process is and however often the server starts. If
     * no use is recorded, or the recorded use is in the future because the clock was set back, the last use is now.
     *
     * @return whether the estimate must replace the recorded use
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

    /** The last recorded use of a stream with a sliding time to live; -1 if none is recorded. */
    long recordedUseMillis() {
        return isSliding() ? recordedUseMillis : -1;
    }

    /** How long after that use no further use is recorded, in milliseconds. */
    long coveredMillis() {
        return isSliding() ? coveredMillis : 0;
    }

    // ---- end ----

    /**
     * Whether the stream expires after a time without use, measured in steady time; otherwise it expires by the wall
     * clock or never.
     */
    public boolean isSliding() {
        return expiry instanceof Expiry.Ttl;
    }

    /** Whether the stream can expire. */
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

    /** When the stream's turn comes in the {@link ExpiryQueue}; only that queue changes it. */
    long turnMillis() {
        return turnMillis;
    }

    void takeTurnAt(long millis) {
        turnMillis = millis;
    }
}
