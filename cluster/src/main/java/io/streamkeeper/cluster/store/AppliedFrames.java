package io.streamkeeper.cluster.store;

import java.util.Arrays;

/**
 * Where in the log a start begins to read for a shard, for the records that no extent includes. Owned by the shard's
 * loop.
 *
 * <p>It has a bounded number of entries: when there are too many, every second one is dropped, and a start reads a
 * little more than it needs.
 */
final class AppliedFrames {
    private static final int ENTRIES_MAX = 4_096;

    private final long[] firstLsns = new long[ENTRIES_MAX];
    private final long[] indexes = new long[ENTRIES_MAX];
    private int size;

    /** Of so many frames, one has an entry. */
    private int stride = 1;

    /** How many frames have none since the last entry. */
    private int skipped;

    private long lastLsn;
    private long nextIndex;

    /** Nothing is applied but the records up to {@code lastLsn}, all of which are before {@code nextIndex}. */
    AppliedFrames(long lastLsn, long nextIndex) {
        this.lastLsn = lastLsn;
        this.nextIndex = nextIndex;
    }

    /**
     * Adds records.
     *
     * @param from index of the first entry of the log that can contain them
     * @param at index of the last one
     */
    void add(long firstLsn, long newLastLsn, long from, long at) {
        lastLsn = newLastLsn;
        nextIndex = at + 1;
        if (size > 0 && ++skipped < stride) {
            return;
        }
        skipped = 0;
        if (size == ENTRIES_MAX) {
            thinOut();
        }
        firstLsns[size] = firstLsn;
        indexes[size] = from;
        size++;
    }

    private void thinOut() {
        size /= 2;
        stride *= 2;
        for (int each = 0; each < size; each++) {
            firstLsns[each] = firstLsns[2 * each];
            indexes[each] = indexes[2 * each];
        }
    }

    /** Index of an entry such that no record after {@code lsn} is before it. */
    long startAfter(long lsn) {
        if (lsn >= lastLsn || size == 0) {
            return nextIndex;
        }
        return indexes[entryOf(lsn + 1)];
    }

    /** Entries for records up to {@code lsn} are not needed any more. */
    void release(long lsn) {
        if (size > 0) {
            int first = entryOf(lsn + 1);
            System.arraycopy(firstLsns, first, firstLsns, 0, size - first);
            System.arraycopy(indexes, first, indexes, 0, size - first);
            size -= first;
            if (size < ENTRIES_MAX / 2) {
                stride = 1;
            }
        }
    }

    /** The last entry that begins at {@code lsn} or before, or the first one. */
    private int entryOf(long lsn) {
        int found = Arrays.binarySearch(firstLsns, 0, size, lsn);
        return found >= 0 ? found : Math.max(0, -found - 2);
    }
}
