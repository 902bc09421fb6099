package io.streamkeeper.cluster;

/**
 * A place in the log: the entry at {@code index}, which a leader of {@code term} appended.
 *
 * @param term the term of the entry; the real one, since members compare their logs by it
 * @param index the number of the entry, from 0
 */
public record LogPosition(long term, long index) {
    /** Before the first entry. */
    public static final LogPosition BEGIN = new LogPosition(0, -1);

    /** Checks that both are possible. */
    public LogPosition {
        if (index < -1 || term < 0 || (index < 0) != (term == 0)) {
            throw new IllegalArgumentException(
                    "(" + term + ", " + index + ") is no place in a log; expected an index from"
                            + " 0 on with a term from 1 on, or " + "(0, -1) for its beginning");
        }
    }

    @Override
    public String toString() {
        return "(term " + term + ", index " + index + ")";
    }
}
