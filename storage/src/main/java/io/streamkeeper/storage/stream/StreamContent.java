package io.streamkeeper.storage.stream;

import io.netty.buffer.ByteBuf;
import io.streamkeeper.protocol.JsonSplitter;
import io.streamkeeper.storage.memory.Block;
import io.streamkeeper.storage.memory.Place;
import io.streamkeeper.storage.record.RunLimits;
import io.streamkeeper.storage.record.Runs;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The bytes that a stream itself wrote: runs in blocks of memory and in extent files, in order of position. Owned by the
 * shard's loop. A slice that it returns keeps its block in memory, so no deletion, checkpoint or compaction waits for a
 * reader.
 *
 * <p>A run of a JSON stream begins and ends between messages, and is no longer than its {@link RunLimits} allow unless
 * it is a single message. So a boundary is found by reading one run only, and a bounded read never cuts a message.
 *
 * <p>For a stream of bytes, the counted messages are its appends. In memory, a run contains whole appends; in a file, a
 * long append has several runs, of which only the last counts the append. A run with a count above zero ends where an
 * append ends. If a run has more than one append, their lengths are kept, see {@link AppendLengths}.
 */
public final class StreamContent extends RunTable {
    /** The most runs of one window of a response, so that all windows take about the same time. */
    public static final int WINDOW_RUNS_MAX = 4_096;

    private RunLimits limits;
    private final boolean json;

    /** Whether the last run does not change any more: the next bytes begin a new run. */
    private boolean sealed;

    /** Content whose first byte will be at {@code start}. */
    public StreamContent(long start, boolean json, RunLimits limits) {
        this(start, 0, json, limits);
    }

    /** Content whose bytes before {@code start} were dropped, with {@code startMessages} messages. */
    public StreamContent(long start, long startMessages, boolean json, RunLimits limits) {
        super(start, startMessages, limits.millisMax() != Long.MAX_VALUE);
        this.limits = limits;
        this.json = json;
    }

    public RunLimits limits() {
        return limits;
    }

    /** How much heap the times of the present runs would take with other limits, if these need them first. */
    public long moreHeapWith(RunLimits newLimits) {
        return isTimed() || newLimits.millisMax() == Long.MAX_VALUE ? 0 : (long) runCount() * Long.BYTES;
    }

    /** The next runs have other limits, and times if the limits need them. */
    void limits(RunLimits newLimits) {
        limits = newLimits;
        seal();
        if (limits.millisMax() != Long.MAX_VALUE) {
            keepTimes();
        }
    }

    /** Reverts {@link #limits(RunLimits)}. */
    void undoLimits(RunLimits before) {
        limits = before;
    }

    /** Frees the times of runs if the limits do not need them; only if no change of the limits may be undone any more. */
    void forgetUnneededTimes() {
        if (isTimed() && limits.millisMax() == Long.MAX_VALUE) {
            forgetTimes();
        }
    }

    public boolean isJson() {
        return json;
    }

    /** Whether a run is a single message. It may be of any length, so no position inside it is searched for. */
    public boolean isOneMessage(int run) {
        return messagesOf(run) == 1;
    }

    /** The messages, or for a stream of bytes the appends, that end in a run. */
    private long messagesOf(int run) {
        return messagesBeforeRun(run + 1) - messagesBeforeRun(run);
    }

    // ---- growth ----

    /** Adds the bytes at {@code index} of {@code block}. */
    public void add(Block block, int index, Runs runs, long millis) {
        int at = index;
        block.noteTime(millis);
        for (int i = 0; i < runs.count(); i++) {
            add(block, at, runs.bytes(i), runs.messages(i), millis);
            at += runs.bytes(i);
        }
    }

    private void add(Block block, int index, int bytes, int runMessages, long millis) {
        if (bytes == 0) {
            return;
        }
        long newEnd = end() + bytes;
        long messageEnd = messageCount() + runMessages;
        if (continuesLast(block, index, bytes, runMessages, millis)) {
            int last = runCount() - 1;
            if (!json) {
                lengthen(last, bytes);
            }
            block.extend(bytes);
            setRun(last, block, location(last), newEnd, messageEnd, millis);
        } else {
            trimLastLengths();
            block.enter(bytes);
            addRun(block, (long) index << 32, newEnd, messageEnd, millis);
            sealed = false;
        }
    }

    /** Adds the length of an append to those of a run in memory. */
    private void lengthen(int run, int bytes) {
        if (lengths(run) instanceof AppendLengths.InMemory known) {
            long before = known.heapBytes();
            known.add(bytes);
            lengthsGrew(known.heapBytes() - before);
        } else {
            AppendLengths.InMemory lengths = new AppendLengths.InMemory(runBytes(run));
            lengths.add(bytes);
            setLengths(run, lengths);
        }
    }

    /** The last run does not grow any more: frees the room for more lengths. */
    private void trimLastLengths() {
        int last = runCount() - 1;
        if (last >= 0 && lengths(last) instanceof AppendLengths.InMemory known) {
            long before = known.heapBytes();
            known.trim();
            lengthsGrew(known.heapBytes() - before);
        }
    }

    /** Adds a run that is in {@code file}. */
    public void add(Place file, StoredRuns runs, int run) {
        int bytes = runs.bytes(run);
        file.enter(bytes);
        addRun(file, runs.location(run), end() + bytes, messageCount() + runs.messages(run), millis(runs, run, file));
        setLengths(runCount() - 1, AppendLengths.of(runs, run));
        sealed = true;
    }

    /** Whether the bytes follow the last run in its block, and the run may grow. */
    @SuppressWarnings("ReferenceEquality")
    private boolean continuesLast(Block block, int index, int bytes, int runMessages, long millis) {
        int last = runCount() - 1;
        if (last < 0 || sealed || place(last) != block) {
            return false;
        }
        int length = runBytes(last);
        return index(last) + length == index
                && (!isTimed() || isSoon(last, millis))
                && limits.allow((long) length + bytes, messagesOf(last) + runMessages);
    }

    /**
     * Whether an append belongs to the time of the last run, which ends if the clock is set back. When a run was begun
     * is not kept; the time of the run before it bounds that, and the first run has none before it.
     */
    private boolean isSoon(int last, long millis) {
        if (last == 0) {
            return millis == runMillis(0);
        }
        return millis >= runMillis(last) && millis - runMillis(last - 1) <= limits.millisMax();
    }

    /** Seals the present runs: they do not change any more, and the next bytes begin a new run. */
    public void seal() {
        trimLastLengths();
        sealed = true;
    }

    /**
     * Drops everything after {@code position}, at which the content ended before, with {@code messagesKept} messages.
     */
    public void truncate(long position, long messagesKept) {
        int last = runCount() - 1;
        while (last >= 0 && runStart(last) >= position) {
            place(last).leave(runBytes(last));
            removeLastRun();
            last--;
            // Whether the run before was sealed is not known any more.
            sealed = true;
        }
        if (last >= 0 && runEnd(last) > position) {
            place(last).shrink((int) (runEnd(last) - position));
            setRun(last, place(last), location(last), position, messagesKept, runMillis(last));
            if (lengths(last) instanceof AppendLengths.InMemory known) {
                setLengths(last, known.cutTo(runBytes(last)));
            }
        }
    }

    // ---- reads ----

    /** The run in which a read begins. Positions before the first run are not part of this content. */
    public int firstRun(long from) {
        if (from < start()) {
            throw new IllegalStateException("a read begins at " + from + ", expected at least " + start());
        }
        return runAt(from);
    }

    /**
     * The end of a read that begins at {@code from} and returns about {@code bytesMax} bytes before {@code limit}. For
     * JSON it is between two messages, and it is never {@code from} itself unless that is the limit.
     */
    public long readEnd(long from, long limit, int bytesMax) {
        if (limit - from <= bytesMax) {
            return limit;
        }
        if (!json) {
            return from + bytesMax;
        }
        int run = runAt(from + bytesMax);
        long cut = runStart(run);
        return cut > from ? cut : Math.min(runEnd(run), limit);
    }

    /** The end of the run that contains the byte before {@code position}. */
    public long runsEnd(long position) {
        return runEnd(runAt(position - 1));
    }

    /** The greatest end of a run at or before {@code position}; the start if no run ends there. */
    public long lastEnd(long position) {
        return position >= end() ? end() : runStart(runAt(position));
    }

    /** Whether no byte from {@code from} to {@code to} is in a file. */
    public boolean isInMemory(long from, long to) {
        if (from == to) {
            return true;
        }
        int last = runAt(to - 1);
        for (int run = runAt(from); run <= last; run++) {
            if (isInFile(run)) {
                return false;
            }
        }
        return true;
    }

    /**
     * The end of the bytes from {@code from} on that are all in memory, or all in files; at most {@code limit}, and at
     * most {@value #WINDOW_RUNS_MAX} runs, each of which may be a single byte.
     */
    public long alikeEnd(long from, long limit) {
        int run = runAt(from);
        int last = (int) Math.min(runCount() - 1L, run + WINDOW_RUNS_MAX - 1L);
        boolean inFile = isInFile(run);
        while (run < last && runEnd(run) < limit && isInFile(run + 1) == inFile) {
            run++;
        }
        return Math.min(runEnd(run), limit);
    }

    /** Some bytes of a run that is in memory. */
    public ByteBuf slice(int run, long from, long to) {
        if (!(place(run) instanceof Block block)) {
            throw new IllegalStateException("run " + run + " of a stream is in a file, expected it in memory");
        }
        return block.memory().slice(index(run) + (int) (from - runStart(run)), (int) (to - from));
    }

    /**
     * Whether every append in a run is older than {@code millis}. In a stream with retention by age, a run has its own
     * time, which is that of its newest append, because a run ends when the clock is set back.
     */
    public boolean isBefore(int run, long millis) {
        return place(run).newestMillis() < millis || (isTimed() && runMillis(run) < millis);
    }

    // ---- messages ----

    /**
     * The number of messages that end at or before {@code position}, if the position is between two runs, so that no
     * bytes need be read; else -1. Only for JSON.
     */
    public long messagesBeforeEdge(long position) {
        if (!json) {
            throw new IllegalStateException("a stream of bytes has no messages");
        }
        if (position <= start() || runCount() == 0) {
            return startMessages();
        }
        int run = runAt(position - 1);
        return position == runEnd(run) ? messagesBeforeRun(run + 1) : -1;
    }

    /** The run in which message {@code number} ends; the first message of the stream has number 1. Only for JSON. */
    public int runOfMessage(long number) {
        if (!json || number > messageCount()) {
            throw new IllegalStateException(number + " messages asked for, expected at most " + messageCount());
        }
        return runWithMessage(number);
    }

    /**
     * The number of messages that end at or before {@code position}, or -1 if it is inside one; only for JSON in
     * memory.
     */
    public long messagesBefore(long position, JsonSplitter splitter) {
        long known = messagesBeforeEdge(position);
        if (known >= 0) {
            return known;
        }
        int run = runAt(position - 1);
        int inRun = splitter.messagesBefore(slice(run, runStart(run), runEnd(run)), (int) (position - runStart(run)));
        return inRun < 0 ? -1 : messagesBeforeRun(run) + inRun;
    }

    // ---- appends ----

    /** Whether an append of a stream of bytes ends at the end of a run; for JSON, a message always does. */
    boolean endsAppend(int run) {
        return messagesOf(run) > 0;
    }

    /** The run that contains the end of the append with the byte at {@code position}; only for a stream of bytes. */
    public int runOfAppendAt(long position) {
        int run = runAt(position);
        while (!endsAppend(run)) {
            run++;
        }
        return run;
    }

    /**
     * The first end of an append of {@code run} after {@code position}, or -1 if the lengths of the appends are in a
     * file; only for a stream of bytes.
     */
    public long appendEnd(int run, long position) {
        if (isOneMessage(run)) {
            return runEnd(run);
        }
        ByteBuf known = lengthsInMemory(run);
        long runStart = runStart(run);
        return known == null ? -1 : runStart + AppendLengths.endAfter(known, (int) Math.max(0, position - runStart));
    }

    /** The lengths of the appends of a run in memory, or null if it is a single append or in a file. */
    @Nullable
    public ByteBuf lengthsInMemory(int run) {
        return lengths(run) instanceof AppendLengths.InMemory known ? known.encoded() : null;
    }

    /** The size in bytes of the lengths of a run's appends in its file; 0 if the run is a single append. */
    public int lengthsBytesInFile(int run) {
        return lengths(run) instanceof AppendLengths.InFile known ? known.bytes : 0;
    }

    /** The position of those lengths in the file, and their checksum in the lower half. */
    public long lengthsLocationInFile(int run) {
        return lengths(run) instanceof AppendLengths.InFile known ? known.location : 0;
    }

    // ---- moves ----

    /** Copies runs of a stream into another block. */
    public interface Mover {
        /** Moves {@code bytes} bytes at {@code index} of {@code from}. */
        Location move(Block from, int index, int bytes);
    }

    /**
     * The location of a run in memory.
     *
     * @param block its block
     * @param index its first byte there
     */
    public record Location(Block block, int index) {}

    /** Moves the runs that are in {@code block} with {@code mover}. */
    @SuppressWarnings("ReferenceEquality")
    public void move(Block block, Mover mover) {
        int last = runCount() - 1;
        for (int run = 0; run <= last; run++) {
            if (place(run) == block) {
                int bytes = runBytes(run);
                Location moved = mover.move(block, index(run), bytes);
                moved.block().enter(bytes);
                moved.block().noteTime(block.newestMillis());
                block.leave(bytes);
                long location = (long) moved.index() << 32;
                setRun(run, moved.block(), location, runEnd(run), messagesBeforeRun(run + 1), runMillis(run));
                sealed |= run == last;
            }
        }
    }

    /**
     * Replaces runs by those of a file that have the same bytes; the replaced runs are sealed. Runs of the file whose
     * bytes were dropped from the beginning of the stream meanwhile are left out. If only a part of the first run was
     * dropped, because the file joins runs, the content begins with that run again, as it does after a restart; what can
     * be read of it follows from the state of the stream.
     */
    public void replace(StoredRuns written, Place file) {
        int skipped = 0;
        while (skipped < written.count() && written.end(skipped) <= start()) {
            skipped++;
        }
        if (skipped == written.count()) {
            return;
        }
        int first = runAt(Math.max(start(), written.start(skipped)));
        int last = runAt(written.end(written.count() - 1) - 1);
        for (int run = first; run <= last; run++) {
            place(run).leave(runBytes(run));
        }
        for (int run = skipped; run < written.count(); run++) {
            file.enter(written.bytes(run));
        }
        sealed |= last == runCount() - 1;
        replaceRuns(first, last + 1, file, written, skipped);
    }

    /**
     * Drops the runs that end at or before {@code position}.
     *
     * @param released receives each place that a run was in
     */
    public void dropBefore(long position, Consumer<Place> released) {
        drop(position >= end() ? runCount() : runAt(position), released);
    }

    /** Drops everything; {@code released} receives each place that a run was in. */
    public void release(Consumer<Place> released) {
        drop(runCount(), released);
    }

    /** Drops the first {@code runs} runs. */
    private void drop(int runs, Consumer<Place> released) {
        for (int run = 0; run < runs; run++) {
            Place left = place(run);
            left.leave(runBytes(run));
            released.accept(left);
        }
        if (runs > 0) {
            removeFirstRuns(runs);
        }
    }
}
