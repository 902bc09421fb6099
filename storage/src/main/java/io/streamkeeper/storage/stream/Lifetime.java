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
    /**
     * The last use that is in a record.
     *
     * @param millis the time of the use by the wall clock; -1 if none is recorded
     * @param coveredMillis how long after that no further use is recorded
     * @param lsn the record; 0 if it is the creation, or if a description includes it
     */
    public record RecordedUse(long millis, long coveredMillis, long lsn) {
        static final RecordedUse NONE = new RecordedUse(-1, 0, 0);
    }

    /** The heap of a lifetime that ends, and of its place in the queue. */
    private static final int HEAP_BYTES = 80;

    private static final int RECORDED_HEAP_BYTES = 40;

    /** The lifetime of all streams that never expire. */
    private static final Lifetime ENDLESS = new Lifetime(Expiry.never(), 0, RecordedUse.NONE);

    private final Expiry expiry;
    private long usedMillis;
    private RecordedUse recorded;
    private long turnMillis;

    private Lifetime(Expiry expiry, long usedMillis, RecordedUse recorded) {
        this.expiry = expiry;
        this.usedMillis = usedMillis;
        this.recorded = recorded;
    }

    /** The lifetime of a stream that is created. */
    static Lifetime of(LogRecord.Created created) {
        return created.config().expiry() instanceof Expiry.Never
                ? ENDLESS
                : new Lifetime(
                        created.config().expiry(),
                        created.atMillis(),
                        created.config().expiry() instanceof Expiry.Ttl
                                ? new RecordedUse(created.atMillis(), 0, 0)
                                : RecordedUse.NONE);
    }

    /** The lifetime in a description; see {@link #recover}. */
    static Lifetime of(StreamMeta meta) {
        return meta.created().config().expiry() instanceof Expiry.Never
                ? ENDLESS
                : new Lifetime(
                        meta.created().config().expiry(),
                        meta.created().atMillis(),
                        meta.usedMillis() < 0
                                ? RecordedUse.NONE
                                : new RecordedUse(meta.usedMillis(), meta.coveredMillis(), 0));
    }

    /**
     * The lifetime after the record {@code lsn} of a change, which is a use too. A new time without use begins with the
     * change; see {@link #usedFirst}.
     */
    Lifetime changed(Expiry newExpiry, long atMillis, long lsn) {
        if (newExpiry.equals(expiry)) {
            written(atMillis, lsn);
            return this;
        }
        if (newExpiry instanceof Expiry.Never) {
            return ENDLESS;
        }
        RecordedUse use = newExpiry instanceof Expiry.Ttl ? new RecordedUse(atMillis, 0, lsn) : RecordedUse.NONE;
        return new Lifetime(newExpiry, atMillis, use);
    }

    // ---- use ----

    /**
     * The stream is created, or has this lifetime, from this steady time on; the time of its record is of the wall
     * clock.
     */
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

    /**
     * The record {@code lsn} says that the stream was used, and that uses up to {@code coveredMillis} later are in no
     * record.
     */
    void recorded(long wallMillis, long coveredMillis, long lsn) {
        recorded = new RecordedUse(wallMillis, coveredMillis, lsn);
    }

    /** The stream was written to, according to the record {@code lsn}. */
    void written(long wallMillis, long lsn) {
        if (isSliding() && !isCovered(wallMillis)) {
            recorded(wallMillis, 0, lsn);
        }
    }

    /** The last recorded use, to restore if a later record is refused. */
    public RecordedUse recorded() {
        return recorded;
    }

    /** A later record was refused: {@code before} is the last recorded use again. */
    public void undo(RecordedUse before) {
        recorded = before;
    }

    /** Whether the recorded use covers a use at {@code wallMillis}, so that the latter need not be recorded. */
    public boolean isCovered(long wallMillis) {
        return Math.abs(wallMillis - recorded.millis()) < recorded.coveredMillis();
    }

    /** Whether no use is recorded, or the recorded use is in the future because the clock was set back. */
    public boolean isUseUnknown(long wallMillis) {
        return isSliding() && (recorded.millis() < 0 || recorded.millis() > wallMillis);
    }

    /**
     * Estimates the last use after a start. It was not later than the end of the interval that the record covers, which
     * is that of the server that wrote it, and not later than now. So a start never shortens a lifetime, and lengthens
     * it by at most that interval, whatever the interval of the new process is and however often the server starts. If
     * {@link #isUseUnknown} says so, the last use is now; the caller has that recorded, so that the next start does not
     * lengthen the lifetime again.
     */
    public void recover(long nowMillis) {
        if (isSliding()) {
            boolean isNow = isUseUnknown(nowMillis) || isCovered(nowMillis);
            usedMillis = isNow ? nowMillis : recorded.millis() + recorded.coveredMillis();
        }
    }

    /**
     * A copy has applied a record about the stream: estimates the last use. It was not later than the end of the
     * interval that the last record of a use covers, because the owner of the log records later uses.
     */
    public void received(long wallMillis, long steadyMillis) {
        if (isSliding()) {
            long before = wallMillis - recorded.millis() - recorded.coveredMillis();
            usedMillis = isUseUnknown(wallMillis) ? steadyMillis : steadyMillis - before;
        }
    }

    /**
     * The shard becomes the owner of its log: an owner in between may have recorded no use, because an earlier record
     * covered it.
     */
    public void owned(long wallMillis, long steadyMillis) {
        long before = usedMillis;
        received(wallMillis, steadyMillis);
        use(before);
    }

    // ---- end ----

    /**
     * Whether the stream expires after a time without use, measured in steady time; otherwise it expires by the wall
     * clock or never.
     */
    public boolean isSliding() {
        return expiry instanceof Expiry.Ttl;
    }

    /** The heap that this takes, with the place in the {@link ExpiryQueue}. */
    int heapBytes() {
        if (!ends()) {
            return 0;
        }
        return HEAP_BYTES + (recorded.equals(RecordedUse.NONE) ? 0 : RECORDED_HEAP_BYTES);
    }

    /** Whether the stream can expire. */
    public boolean ends() {
        return !(expiry instanceof Expiry.Never);
    }

    /** When the stream expires unless it is used before, in steady time if {@link #isSliding}. */
    long deadlineMillis() {
        return expiry.deadlineMillis(usedMillis);
    }

    /** Whether a time without use ends between two moments of steady time. */
    public boolean endsWithin(long fromMillis, long toMillis) {
        return isSliding() && deadlineMillis() > fromMillis && deadlineMillis() <= toMillis;
    }

    public boolean isOver(long wallMillis, long steadyMillis) {
        return isOver(expiry, wallMillis, steadyMillis);
    }

    /** The same if the stream had another expiry. */
    boolean isOver(Expiry other, long wallMillis, long steadyMillis) {
        return other.deadlineMillis(usedMillis) <= (other instanceof Expiry.Ttl ? steadyMillis : wallMillis);
    }

    /** When the stream's turn comes in the {@link ExpiryQueue}; only that queue changes it. */
    long turnMillis() {
        return turnMillis;
    }

    void takeTurnAt(long millis) {
        turnMillis = millis;
    }
}
