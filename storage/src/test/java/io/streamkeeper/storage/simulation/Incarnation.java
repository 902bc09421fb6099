package io.streamkeeper.storage.simulation;

import io.streamkeeper.protocol.Expiry;
import io.streamkeeper.protocol.Retention;
import io.streamkeeper.storage.ManualClock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * One stream from its creation on: what it was created with, and what is known of it that no crash changes.
 *
 * <p>When it expires is known as a span only, because a start does not know every use: not before its last certain use
 * and its time to live, and not after its last possible use and its time to live.
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

    /** Whether a client has been answered that it is deleted. */
    boolean gone;

    /**
     * Whether a client has been answered that it has ended, by a command that changes streams, or a start has found that:
     * it does not hold its source any more, unless its own forks hold it.
     */
    boolean released;

    /** Whether a start has found it, so that its creation was kept, even if it was answered that its fate is not known. */
    boolean found;

    /** All forks of it that were ever taken. */
    final List<Incarnation> forks = new ArrayList<>();

    /** The answers to creations of forks that were not taken: until they are there, it is perhaps held. */
    final List<Replied> refusedForks = new ArrayList<>();

    /** The largest earliest offset that a reader has seen. */
    long earliestSeen;

    /** The expiries that it may have, because a change of it may have been made or not. */
    private final Set<Expiry> expiries = new HashSet<>();

    /** All expiries that it may ever have had. */
    private final Set<Expiry> triedExpiries = new HashSet<>();

    /** Whether a change of its retention was ever tried: data that was written before is trimmed in larger steps. */
    boolean retainedOtherwise;

    /** Forks that are being created of it. */
    int pins;

    private final ManualClock clock;
    private final long createdUseMillis;
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
            ManualClock clock) {
        this.clock = clock;
        this.path = path;
        this.json = json;
        this.expiry = expiry;
        mayHave(expiry);
        this.retention = retention;
        this.createdClosed = createdClosed;
        this.source = source;
        if (source != null) {
            source.forks.add(this);
        }
        this.inherited = inherited;
        this.earliestAtFork = earliestAtFork;
        this.earliestSeen = earliestAtFork;
        this.createdMillis = clock.nowMillis();
        this.certainUseMillis = now();
        this.possibleUseMillis = certainUseMillis;
        this.createdUseMillis = certainUseMillis;
    }

    /** What clients have seen may be lost. */
    void forget() {
        gone = false;
        expiries.addAll(triedExpiries);
        earliestSeen = earliestAtFork;
    }

    int ownStart() {
        return inherited.length();
    }

    /** Time without use is measured by the monotonic clock, a moment by the wall clock. */
    private long now() {
        return expiry instanceof Expiry.Ttl ? TimeUnit.NANOSECONDS.toMillis(clock.monotonicNanos()) : clock.nowMillis();
    }

    /** The process has ended: the record of a use may not have been durable, or there was no room for it. */
    void loseUses() {
        certainUseMillis = createdUseMillis;
        due |= mayExpire(now());
    }

    /** A client has used it, and the store has not removed it before. */
    void use() {
        long nowMillis = now();
        certainUseMillis = Math.max(certainUseMillis, nowMillis);
        possibleUseMillis = Math.max(possibleUseMillis, nowMillis);
        due = mayExpire(nowMillis);
    }

    /** A change to another expiry is tried. */
    void mayHave(Expiry changed) {
        expiries.add(changed);
        triedExpiries.add(changed);
    }

    /** No change is in doubt, and readers see this expiry. */
    void has(Expiry seen) {
        expiries.retainAll(Set.of(seen));
    }

    /** The store may count as use what is none for the client, as a start. */
    void mayUse() {
        long nowMillis = now();
        possibleUseMillis = Math.max(possibleUseMillis, nowMillis);
    }

    /** The clock has another time: it may have passed the deadline, or was set back. */
    void timePasses() {
        long nowMillis = now();
        certainUseMillis = Math.min(certainUseMillis, nowMillis);
        due |= mayExpire(nowMillis);
    }

    private boolean mayExpire(long nowMillis) {
        return expiries.stream().anyMatch(each -> each.deadlineMillis(certainUseMillis) <= nowMillis);
    }

    /** Whether nobody may see it any more, by the clock. */
    boolean mustBeExpired() {
        return expiries.stream().allMatch(each -> each.deadlineMillis(possibleUseMillis) <= now());
    }

    @Override
    public String toString() {
        return path + "#" + generation + (json ? " json" : "") + (expiry.equals(Expiry.never()) ? "" : " " + expiry)
                + (retention.isNone() ? "" : " " + retention) + (due ? " due" : "") + (gone ? " gone" : "")
                + (source == null ? "" : " forked from " + source.path + " at " + ownStart());
    }
}
