package io.streamkeeper.storage;

import java.util.PriorityQueue;
import java.util.function.Consumer;

/**
 * The streams that go by themselves, by when they were to go as far as known. Owned by the shard's loop. A stream is in it
 * once; using a stream moves nothing here: when its turn comes its deadline is asked again.
 */
final class ExpiryQueue {
    /** Streams looked at in one step, so that a step stays short. */
    static final int STEP_MAX = 1_000;

    private record Entry(long deadlineMillis, StreamState stream) implements Comparable<Entry> {
        @Override
        public int compareTo(Entry other) {
            return Long.compare(deadlineMillis, other.deadlineMillis);
        }
    }

    private final PriorityQueue<Entry> entries = new PriorityQueue<>();

    /** Takes a stream in, if it ever goes by itself. */
    void add(StreamState stream) {
        long deadline = stream.deadlineMillis();
        if (deadline != Long.MAX_VALUE) {
            entries.add(new Entry(deadline, stream));
        }
    }

    /** Hands over the streams that are due, at most {@value #STEP_MAX}; those that were used since are kept. */
    void step(long nowMillis, Consumer<StreamState> expired) {
        for (int i = 0; i < STEP_MAX; i++) {
            Entry first = entries.peek();
            if (first == null || first.deadlineMillis() > nowMillis) {
                return;
            }
            entries.remove();
            if (first.stream().isDeleted()) {
                continue;
            }
            if (first.stream().deadlineMillis() > nowMillis) {
                add(first.stream());
            } else {
                expired.accept(first.stream());
            }
        }
    }

    int size() {
        return entries.size();
    }
}
