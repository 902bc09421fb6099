package io.streamkeeper.storage.stream;

import java.util.Comparator;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * The streams that go by themselves, by when they were to go as far as known. Owned by the shard's loop. A stream is in it
 * once, until it is gone; using a stream moves nothing here: when its turn comes its deadline is asked again.
 */
public final class ExpiryQueue {
    /** Streams looked at in one step, so that a step stays short. */
    public static final int STEP_MAX = 1_000;

    /** By steady time, and by the wall clock. */
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

    /** Takes a stream in, if it ever goes by itself. */
    public void add(StreamState stream) {
        NavigableSet<StreamState> turns = turnsOf(stream);
        turns.remove(stream);
        long deadline = stream.lifetime().deadlineMillis();
        if (deadline != Long.MAX_VALUE) {
            stream.lifetime().takeTurnAt(deadline);
            turns.add(stream);
        }
    }

    /** Lets go of a stream that is gone. */
    public void remove(StreamState stream) {
        turnsOf(stream).remove(stream);
    }

    /** Hands over the streams that are due, at most {@value #STEP_MAX} by each of the two times; those that were used since are kept. */
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
