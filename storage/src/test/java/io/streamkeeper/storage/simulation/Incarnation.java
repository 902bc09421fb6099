package io.streamkeeper.storage.simulation;

import io.streamkeeper.protocol.Expiry;
import io.streamkeeper.protocol.Retention;

/**
 * One stream from its creation on: what it was created with, and what is known of it that no crash changes.
 *
 * <p>When it expires is known as a span only, because uses are not logged: not before its last certain use and its time to
 * live, and not after its last possible use and its time to live.
 */
final class Incarnation {
    final String path;
    final boolean json;
    final Expiry expiry;
    final Retention retention;
    final Incarnation source;
    final String inherited;
    final long earliestAtFork;
    final long createdMillis;
    final boolean createdClosed;

    /** What the store calls it, once it is known. */
    long generation = -1;

    /** The answer to its creation. */
    Replied creation;

    /** Whether the clock has passed its deadline at some time, so that the store may have removed it. */
    boolean due;

    /** Whether a client was told that it is gone. */
    boolean gone;

    /** The largest earliest offset that a reader was told. */
    long earliestSeen;

    /** Forks that are being created of it. */
    int pins;

    private long certainUseMillis;
    private long possibleUseMillis;

    Incarnation(
            String path,
            boolean json,
            Expiry expiry,
            Retention retention,
            boolean createdClosed,
            Incarnation source,
            String inherited,
            long earliestAtFork,
            long nowMillis) {
        this.path = path;
        this.json = json;
        this.expiry = expiry;
        this.retention = retention;
        this.createdClosed = createdClosed;
        this.source = source;
        this.inherited = inherited;
        this.earliestAtFork = earliestAtFork;
        this.earliestSeen = earliestAtFork;
        this.createdMillis = nowMillis;
        this.certainUseMillis = nowMillis;
        this.possibleUseMillis = nowMillis;
    }

    /** What clients were told may be lost. */
    void forget() {
        gone = false;
        earliestSeen = earliestAtFork;
    }

    int ownStart() {
        return inherited.length();
    }

    /** A client has used it, and the store has not removed it before. */
    void use(long nowMillis) {
        certainUseMillis = Math.max(certainUseMillis, nowMillis);
        possibleUseMillis = Math.max(possibleUseMillis, nowMillis);
        due = mayExpire(nowMillis);
    }

    /** The store may count as use what is none for the client, as a start. */
    void mayUse(long nowMillis) {
        possibleUseMillis = Math.max(possibleUseMillis, nowMillis);
    }

    /** The clock has another time: it may have passed the deadline, or was set back. */
    void clock(long nowMillis) {
        certainUseMillis = Math.min(certainUseMillis, nowMillis);
        due |= mayExpire(nowMillis);
    }

    private boolean mayExpire(long nowMillis) {
        return expiry.deadlineMillis(certainUseMillis) <= nowMillis;
    }

    /** Whether nobody may see it any more, by the clock. */
    boolean mustBeExpired(long nowMillis) {
        return expiry.deadlineMillis(possibleUseMillis) <= nowMillis;
    }

    @Override
    public String toString() {
        return path + "#" + generation + (json ? " json" : "") + (expiry.equals(Expiry.never()) ? "" : " " + expiry)
                + (retention.isNone() ? "" : " " + retention) + (due ? " due" : "") + (gone ? " gone" : "")
                + (source == null ? "" : " forked from " + source.path + " at " + ownStart());
    }
}
