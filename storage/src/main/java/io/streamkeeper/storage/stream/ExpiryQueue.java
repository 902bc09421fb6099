package io.streamkeeper.storage.stream;

import java.util.Comparator;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * The streams that expire, ordered by the deadline that each had when it was added. Owned by the shard's loop. A stream
 * is in the queue once, until it is deleted. A use of a stream does not move it: when its turn comes, its deadline is
 * read again.
 */
public final class ExpiryQueue {
    /** The most streams that one step examines, so that a step is short. */
    public static final int STEP_MAX = 1_000;

    /** Streams that expire by steady time; {@link #moments} has those that expire by the wall clock. */
    private final NavigableSet<StreamState> sliding = newTurns();

    private final NavigableSet<StreamState> moments = newTurns();

    private static NavigableSet<StreamState> newTurns() {
        return new TreeSet<>(Comparator.comparingLong(
                        (StreamState stream) -> stream.lifetime().turnMillis())
                .thenComparingLong(StreamState::generation));
    }

    private NavigableSet<StreamState> turnsOf(StreamState stream) {
        return stream.lifetime().isSliding() ? sliding : moments;
    }

    /** Adds a stream, unless it never expires. */
    public void add(StreamState stream) {
        NavigableSet<StreamState> turns = turnsOf(stream);
        turns.remove(stream);
        long deadline = stream.lifetime().deadlineMillis();
        if (deadline != Long.MAX_VALUE) {
            stream.lifetime().takeTurnAt(deadline);
            turns.add(stream);
        }
    }

    /** Removes a stream that is deleted. */
    public void remove(StreamState stream) {
        turnsOf(stream).remove(stream);
    }

    /**
     * Passes the streams that are due to {@code expired}, and examines at most {@value #STEP_MAX} by each of the two
     * times; streams that were used since they were added stay.
     */
    public void step(long wallMillis, long steadyMillis, Consumer<StreamState> expired) {
        step(moments, wallMillis, expired);
        step(sliding, steadyMillis, expired);
    }

    private void step(NavigableSet<StreamState> turns, long nowMillis, Consumer<StreamState> expired) {
        for (int i = 0; i < STEP_MAX; i++) {
            StreamState first = turns.isEmpty() ? null : turns.first();
            if (first == null || first.lifetime().turnMillis() > nowMillis) {
                return;
            }
            turns.remove(first);
            if (first.isDeleted()) {
                continue;
            }
            if (first.lifetime().deadlineMillis() > nowMillis) {
                add(first);
            } else {
                expired.accept(first);
            }
        }
    }

    public int size() {
        return sliding.size() + moments.size();
    }
}
