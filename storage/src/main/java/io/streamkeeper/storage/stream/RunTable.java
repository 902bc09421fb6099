package io.streamkeeper.storage.stream;

import io.streamkeeper.storage.memory.Block;
import io.streamkeeper.storage.memory.Place;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The runs of one stream in order of position, each with its place, its location there, its end, and the messages up to
 * its end. It knows neither what a run contains nor when runs may be joined. Owned by the shard's loop.
 *
 * <p>It is the superclass of {@link StreamContent}, not an object of its own, because a server has millions of them. So
 * it also has no field for its state, which follows from the fields that are set: a single run, as most idle
 * streams have, is in fields of this object; several runs are in {@link RunArrays}, and so are all runs with times.
 *
 * <pre>
 *   EMPTY    first run added → ONLY
 *   ONLY     run added, or replaced by several → ARRAYS; run removed → EMPTY
 *   ARRAYS   runs removed, or replaced by fewer: one left → ONLY, none left → EMPTY; stays if runs have times
 * </pre>
 */
abstract class RunTable {
    private long start;
    private long startMessages;

    /** The place of the only run; null if there is no run, or if the runs are in arrays. */
    private @Nullable Place onlyPlace;

    private long onlyLocation;
    private long onlyEnd;
    private long onlyMessageEnd;
    private @Nullable AppendLengths onlyLengths;

    /** All runs, if there are several or if runs have times; else null. */
    private @Nullable RunArrays arrays;

    /**
     * A table without runs.
     *
     * @param start the position at which the first run will begin
     * @param startMessages the messages before it
     * @param timed whether the time of each run is kept
     */
    RunTable(long start, long startMessages, boolean timed) {
        this.start = start;
        this.startMessages = startMessages;
        this.arrays = timed ? new RunArrays(0, true) : null;
    }

    // ---- the table ----

    /** The first position whose byte is kept. */
    public final long start() {
        return start;
    }

    public final long end() {
        int count = runCount();
        return count == 0 ? start : runEnd(count - 1);
    }

    /** Messages, or appends of a stream of bytes, before the end, including dropped ones. */
    public final long messageCount() {
        return messagesBeforeRun(runCount());
    }

    /** Messages before the first position whose byte is kept. */
    public final long startMessages() {
        return startMessages;
    }

    public final int runCount() {
        if (arrays != null) {
            return arrays.count;
        }
        return onlyPlace == null ? 0 : 1;
    }

    /** Whether the time of each run is kept. */
    final boolean isTimed() {
        return arrays != null && arrays.times != null;
    }

    /**
     * From now on, keeps the time of each run. The present runs have the time of the newest append in their place, which
     * is not before that of any of theirs.
     */
    final void keepTimes() {
        if (!isTimed()) {
            toArrays().keepTimes();
        }
    }

    /** From now on, does not keep the times of runs. */
    final void forgetTimes() {
        if (arrays != null) {
            arrays.times = null;
            settle();
        }
    }

    /** The time of a run in {@code file}: that of the newest append in the file if the run has none. */
    static long millis(StoredRuns runs, int run, Place file) {
        return runs.isTimed() ? runs.millis(run) : file.newestMillis();
    }

    /** The run that holds the byte at {@code position}. */
    public final int runAt(long position) {
        if (arrays == null) {
            return onlyPlace == null || position < onlyEnd ? 0 : 1;
        }
        int found = Arrays.binarySearch(arrays.ends, 0, arrays.count, position);
        return found >= 0 ? found + 1 : -found - 1;
    }

    /** The first run up to whose end there are at least {@code number} messages. */
    final int runWithMessage(long number) {
        if (arrays == null) {
            return 0;
        }
        if (arrays.messageEnds == null) {
            return (int) Math.max(0, number - startMessages - 1);
        }
        int found = Arrays.binarySearch(arrays.messageEnds, 0, arrays.count, number);
        return found >= 0 ? found : -found - 1;
    }

    /** The heap that the table takes besides this object. */
    final long heapBytes() {
        if (arrays != null) {
            return arrays.heapBytes();
        }
        return onlyLengths == null ? 0 : onlyLengths.heapBytes();
    }

    // ---- one run ----

    public final long runStart(int run) {
        return run == 0 ? start : runEnd(run - 1);
    }

    public final long runEnd(int run) {
        return arrays == null ? onlyEnd : arrays.ends[run];
    }

    /** The bytes of a run. */
    final int runBytes(int run) {
        return (int) (runEnd(run) - runStart(run));
    }

    public final long messagesBeforeRun(int run) {
        if (run == 0) {
            return startMessages;
        }
        if (arrays == null) {
            return onlyMessageEnd;
        }
        return arrays.messageEnds == null ? startMessages + run : arrays.messageEnds[run - 1];
    }

    /** When the last append of a run was staged, in a stream with retention by age. */
    public final long runMillis(int run) {
        return arrays == null || arrays.times == null ? 0 : arrays.times[run];
    }

    public final Place place(int run) {
        if (arrays != null) {
            return arrays.places[run];
        }
        Place only = onlyPlace;
        if (only == null) {
            throw new IllegalStateException("run " + run + " of a stream without runs");
        }
        return only;
    }

    /**
     * The index of the first byte of a run in its place, and in the lower half, if the place is a file, its checksum.
     */
    final long location(int run) {
        return arrays == null ? onlyLocation : arrays.locations[run];
    }

    /** The first byte of a run in its place. */
    public final int index(int run) {
        return (int) (location(run) >>> 32);
    }

    /** The checksum of a run in a file. */
    public final int checksum(int run) {
        return (int) location(run);
    }

    public final boolean isInFile(int run) {
        return !(place(run) instanceof Block);
    }

    /** The lengths of the appends of a run, or null if it has none. */
    final @Nullable AppendLengths lengths(int run) {
        return arrays == null ? onlyLengths : arrays.lengths(run);
    }

    // ---- changes ----

    /** Makes room for {@code runs} runs in a table without runs. */
    public final void expectRuns(int runs) {
        if (runs > 1 || isTimed()) {
            arrays = new RunArrays(runs, isTimed());
        }
    }

    /** Adds a run without lengths after the last one. */
    final void addRun(Place newPlace, long newLocation, long newEnd, long newMessageEnd, long millis) {
        int run = runCount();
        if (arrays != null || onlyPlace != null) {
            toArrays().add();
        }
        setRun(run, newPlace, newLocation, newEnd, newMessageEnd, millis);
    }

    /** Sets all properties of a run except its lengths. */
    final void setRun(int run, Place newPlace, long newLocation, long newEnd, long newMessageEnd, long millis) {
        if (arrays == null) {
            onlyPlace = newPlace;
            onlyLocation = newLocation;
            onlyEnd = newEnd;
            onlyMessageEnd = newMessageEnd;
        } else {
            arrays.set(run, newPlace, newLocation, newEnd, newMessageEnd, startMessages + run + 1, millis);
        }
    }

    final void setLengths(int run, @Nullable AppendLengths newLengths) {
        if (arrays == null) {
            onlyLengths = newLengths;
        } else {
            arrays.setLengths(run, newLengths);
        }
    }

    /** The lengths of a run take {@code bytes} more. */
    final void lengthsGrew(long bytes) {
        if (arrays != null) {
            arrays.lengthsGrew(bytes);
        }
    }

    final void removeLastRun() {
        if (arrays == null) {
            clearOnly();
        } else {
            arrays.removeLast();
            settle();
        }
    }

    /**
     * Replaces the runs from {@code first} up to, but without, {@code end} by those of {@code written} from {@code
     * writtenFirst} on, which are in {@code file}. The first of these may begin before the table does.
     */
    final void replaceRuns(int first, int end, Place file, StoredRuns written, int writtenFirst) {
        int newEnd = first + written.count() - writtenFirst;
        boolean beginsEarlier = written.start(writtenFirst) < start;
        if (newEnd != end || beginsEarlier) {
            RunArrays all = toArrays();
            all.countMessages(startMessages + 1);
            all.shift(end, newEnd);
        }
        if (beginsEarlier) {
            start = written.start(writtenFirst);
            startMessages = written.messagesBefore(writtenFirst);
        }
        long messageEnd = messagesBeforeRun(first);
        for (int run = first; run < newEnd; run++) {
            int from = writtenFirst + run - first;
            messageEnd += written.messages(from);
            setRun(run, file, written.location(from), written.end(from), messageEnd, millis(written, from, file));
            setLengths(run, AppendLengths.of(written, from));
        }
        settle();
    }

    /** Removes the first {@code runs} runs. */
    final void removeFirstRuns(int runs) {
        long newStart = runStart(runs);
        long newMessages = messagesBeforeRun(runs);
        if (arrays == null) {
            clearOnly();
        } else {
            arrays.shift(runs, 0);
        }
        start = newStart;
        startMessages = newMessages;
        settle();
    }

    private void clearOnly() {
        onlyPlace = null;
        onlyLengths = null;
    }

    private RunArrays toArrays() {
        RunArrays all = arrays;
        if (all == null) {
            all = new RunArrays(2, false);
            if (onlyPlace != null) {
                all.add();
                all.set(0, onlyPlace, onlyLocation, onlyEnd, onlyMessageEnd, startMessages + 1, 0);
                all.setLengths(0, onlyLengths);
            }
            clearOnly();
            arrays = all;
        }
        return all;
    }

    /** Frees room that the runs do not need; to be called when all runs are set. */
    private void settle() {
        RunArrays all = arrays;
        if (all == null) {
            return;
        }
        if (all.times != null || all.count > 1) {
            all.trim(startMessages + 1);
            return;
        }
        if (all.count == 1) {
            onlyPlace = all.places[0];
            onlyLocation = all.locations[0];
            onlyEnd = all.ends[0];
            onlyMessageEnd = messagesBeforeRun(1);
            onlyLengths = all.lengths(0);
        }
        arrays = null;
    }
}
