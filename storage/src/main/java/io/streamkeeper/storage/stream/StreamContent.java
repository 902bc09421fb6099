package io.streamkeeper.storage.stream;

import io.netty.buffer.ByteBuf;
import io.streamkeeper.protocol.JsonSplitter;
import io.streamkeeper.storage.memory.Block;
import io.streamkeeper.storage.memory.Place;
import io.streamkeeper.storage.record.RunLimits;
import io.streamkeeper.storage.record.Runs;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The locations of the bytes that a stream itself wrote: runs in blocks of memory and in extent files, in order of
 * position. Owned by the shard's loop. A slice that it returns keeps its block in memory, so no deletion, checkpoint or
 * compaction waits for a reader.
 *
 * <p>A run of a JSON stream begins and ends between messages, and is no longer than its {@link RunLimits} allow unless
 * it is a single message. So a boundary is found by reading one run only, and a bounded read never cuts a message.
 *
 * <p>For a stream of bytes, the counted messages are its appends. In memory, a run contains whole appends; in a file, a
 * long append has several runs, of which only the last counts the append. A run with a count above zero ends where an
 * append ends. If a run has more than one append, their lengths are kept, see {@link AppendLengths}.
 */
public final class StreamContent {
    /** The most runs of one window of a response, so that all windows take about the same time. */
    public static final int WINDOW_RUNS_MAX = 4_096;

    private static final Place[] NO_PLACES = {};
    private static final long[] NO_LONGS = {};

    private final boolean json;
    private final RunLimits limits;
    private long start;
    private long startMessages;
    private Place[] places = NO_PLACES;

    /**
     * For each run, the index of its first byte in its place and, if the place is a file, its checksum in the lower
     * half.
     */
    private long[] locations = NO_LONGS;

    private long[] ends = NO_LONGS;

    /** For each run, the messages or appends up to its end; null while each run is one append of a stream of bytes. */
    private long @Nullable [] messages;

    private @Nullable AppendLengths lengths;
    private long @Nullable [] times;
    private int count;
    private int sealed;

    /** Content whose first byte will be at {@code start}. */
    public StreamContent(long start, boolean json, RunLimits limits) {
        this(start, 0, json, limits);
    }

    /** Content whose bytes before {@code start} were dropped, with {@code startMessages} messages. */
    public StreamContent(long start, long startMessages, boolean json, RunLimits limits) {
        this.start = start;
        this.startMessages = startMessages;
        this.limits = limits;
        this.json = json;
        this.messages = json ? NO_LONGS : null;
        this.times = limits.millisMax() == Long.MAX_VALUE ? null : NO_LONGS;
    }

    public RunLimits limits() {
        return limits;
    }

    /** The first position whose byte is kept. */
    public long start() {
        return start;
    }

    public long end() {
        return count == 0 ? start : ends[count - 1];
    }

    public boolean isJson() {
        return json;
    }

    /** Messages, or appends of a stream of bytes, before the end, including dropped ones. */
    public long messageCount() {
        return messagesBeforeRun(count);
    }

    /** Messages before the first position whose byte is kept. */
    public long startMessages() {
        return startMessages;
    }

    public int runCount() {
        return count;
    }

    public long runStart(int run) {
        return run == 0 ? start : ends[run - 1];
    }

    public long runEnd(int run) {
        return ends[run];
    }

    public long messagesBeforeRun(int run) {
        if (run == 0) {
            return startMessages;
        }
        return messages == null ? startMessages + run : messages[run - 1];
    }

    /** Whether a run is a single message. It may be of any length, so no position inside it is searched for. */
    public boolean isOneMessage(int run) {
        return messagesBeforeRun(run + 1) - messagesBeforeRun(run) == 1;
    }

    /** When the last append of a run was staged, in a stream with retention by age. */
    public long runMillis(int run) {
        return times == null ? 0 : times[run];
    }

    public Place place(int run) {
        return places[run];
    }

    /** The first byte of a run in its place. */
    public int index(int run) {
        return (int) (locations[run] >>> 32);
    }

    /** The checksum of a run in a file. */
    public int checksum(int run) {
        return (int) locations[run];
    }

    public boolean isInFile(int run) {
        return !(places[run] instanceof Block);
    }

    /**
     * The heap that the arrays take: for each run a place, a location and an end, and perhaps its messages and time.
     */
    long heapBytes() {
        int runBytes = 4 + 8 + 8 + (messages == null ? 0 : 8) + (times == null ? 0 : 8);
        return (long) ends.length * runBytes + (lengths == null ? 0 : lengths.heapBytes());
    }

    // ---- growth ----

    /** Adds the bytes at {@code index} of {@code block}. */
    public void add(Block block, int index, Runs runs, long millis) {
        int at = index;
        for (int i = 0; i < runs.count(); i++) {
            addRun(block, at, runs.bytes(i), runs.messages(i), millis);
            at += runs.bytes(i);
        }
    }

    private void addRun(Block block, int index, int bytes, int runMessages, long millis) {
        if (bytes == 0) {
            return;
        }
        long runEnd = end() + bytes;
        long messageEnd = messageCount() + runMessages;
        if (continuesLast(block, index, bytes, runMessages, millis)) {
            if (!json) {
                lengths().joined(count - 1, (int) (end() - runStart(count - 1)), bytes);
            }
            block.extend(bytes);
            set(count - 1, places[count - 1], locations[count - 1], runEnd, messageEnd, millis);
        } else {
            append(block, (long) index << 32, bytes, messageEnd, millis);
        }
    }

    private AppendLengths lengths() {
        AppendLengths known = lengths;
        if (known == null) {
            known = new AppendLengths(ends.length);
            lengths = known;
        }
        return known;
    }

    /** Adds a run that is in {@code file}. */
    public void add(Place file, StoredRuns runs, int run) {
        append(file, runs.location(run), runs.bytes(run), messageCount() + runs.messages(run), runs.millis(run));
        setLengths(count - 1, runs, run);
        sealed = count;
    }

    private void setLengths(int run, StoredRuns runs, int of) {
        if (runs.lengthsBytes(of) > 0) {
            lengths().inFile(run, runs.lengthsLocation(of), runs.lengthsBytes(of));
        } else if (lengths != null) {
            lengths.clear(run);
        }
    }

    private void append(Place place, long location, int bytes, long messageEnd, long millis) {
        if (count == ends.length) {
            grow();
        }
        place.enter(bytes);
        long runEnd = end() + bytes;
        if (lengths != null) {
            lengths.clear(count);
        }
        count++;
        set(count - 1, place, location, runEnd, messageEnd, millis);
    }

    private void set(int run, Place place, long location, long runEnd, long messageEnd, long millis) {
        places[run] = place;
        locations[run] = location;
        ends[run] = runEnd;
        if (messages == null && messageEnd != startMessages + run + 1) {
            countMessages();
        }
        if (messages != null) {
            messages[run] = messageEnd;
        }
        if (times != null) {
            times[run] = millis;
        }
    }

    /** Begins to keep the message count of each run, because from now on not every run is a single append. */
    private void countMessages() {
        messages = new long[ends.length];
        for (int run = 0; run < count; run++) {
            messages[run] = startMessages + run + 1;
        }
    }

    /** Whether the bytes follow the last run in its block, and the run may grow. */
    @SuppressWarnings("ReferenceEquality")
    private boolean continuesLast(Block block, int index, int bytes, int runMessages, long millis) {
        int last = count - 1;
        if (count <= sealed || places[last] != block) {
            return false;
        }
        long length = ends[last] - runStart(last);
        boolean soon = times == null || last == 0 || millis - times[last - 1] <= limits.millisMax();
        return index(last) + length == index
                && soon
                && limits.allow(length + bytes, messageCount() - messagesBeforeRun(last) + runMessages);
    }

    private void grow() {
        int capacity = count == 0 ? 1 : count + Math.max(1, count >> 1);
        places = Arrays.copyOf(places, capacity);
        locations = Arrays.copyOf(locations, capacity);
        ends = Arrays.copyOf(ends, capacity);
        if (messages != null) {
            messages = Arrays.copyOf(messages, capacity);
        }
        if (lengths != null) {
            lengths.resize(capacity);
        }
        if (times != null) {
            times = Arrays.copyOf(times, capacity);
        }
    }

    /** Seals the present runs: they do not change any more, and the next bytes begin a new run. */
    public void seal() {
        sealed = count;
    }

    /**
     * Drops everything after {@code position}, at which the content ended before, with {@code messagesKept} messages.
     */
    public void truncate(long position, long messagesKept) {
        while (count > 0 && runStart(count - 1) >= position) {
            count--;
            places[count].leave((int) (ends[count] - runStart(count)));
            places[count] = Block.NONE;
        }
        if (count > 0 && ends[count - 1] > position) {
            places[count - 1].shrink((int) (ends[count - 1] - position));
            ends[count - 1] = position;
            if (lengths != null) {
                lengths.truncate(count - 1, (int) (position - runStart(count - 1)));
            }
            if (messages != null) {
                messages[count - 1] = messagesKept;
            }
        }
        sealed = Math.min(sealed, count);
    }

    // ---- reads ----

    /** The run that holds the byte at {@code position}. */
    public int runAt(long position) {
        int found = Arrays.binarySearch(ends, 0, count, position);
        return found >= 0 ? found + 1 : -found - 1;
    }

    /** The run in which a read begins. Positions before the first run are not part of this content. */
    public int firstRun(long from) {
        if (from < start) {
            throw new IllegalStateException("a read begins at " + from + ", expected at least " + start);
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
        return cut > from ? cut : Math.min(ends[run], limit);
    }

    /** The end of the run that contains the byte before {@code position}. */
    public long runsEnd(long position) {
        return ends[runAt(position - 1)];
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
        int last = (int) Math.min(count - 1L, run + WINDOW_RUNS_MAX - 1L);
        boolean inFile = isInFile(run);
        while (run < last && ends[run] < limit && isInFile(run + 1) == inFile) {
            run++;
        }
        return Math.min(ends[run], limit);
    }

    /** Some bytes of a run that is in memory. */
    public ByteBuf slice(int run, long from, long to) {
        if (!(places[run] instanceof Block block)) {
            throw new IllegalStateException("run " + run + " of a stream is in a file, expected it in memory");
        }
        return block.memory().slice(index(run) + (int) (from - runStart(run)), (int) (to - from));
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
        if (position <= start || count == 0) {
            return startMessages;
        }
        int run = runAt(position - 1);
        return position == ends[run] ? messagesBeforeRun(run + 1) : -1;
    }

    /** The run in which message {@code number} ends; the first message of the stream has number 1. */
    public int runOfMessage(long number) {
        if (messages == null || number > messageCount()) {
            throw new IllegalStateException(number + " messages asked for, expected at most " + messageCount());
        }
        int found = Arrays.binarySearch(messages, 0, count, number);
        return found >= 0 ? found : -found - 1;
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
        int inRun = splitter.messagesBefore(slice(run, runStart(run), ends[run]), (int) (position - runStart(run)));
        return inRun < 0 ? -1 : messagesBeforeRun(run) + inRun;
    }

    // ---- appends ----

    /** Whether an append of a stream of bytes ends at the end of a run; for JSON, a message always does. */
    boolean endsAppend(int run) {
        return messagesBeforeRun(run + 1) > messagesBeforeRun(run);
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
        if (messagesBeforeRun(run + 1) - messagesBeforeRun(run) == 1) {
            return ends[run];
        }
        ByteBuf known = lengthsInMemory(run);
        long runStart = runStart(run);
        return known == null ? -1 : runStart + AppendLengths.endAfter(known, (int) Math.max(0, position - runStart));
    }

    /** The lengths of the appends of a run in memory, or null if it is a single append or in a file. */
    @Nullable
    public ByteBuf lengthsInMemory(int run) {
        return lengths == null || isInFile(run) ? null : lengths.ofMemory(run, (int) (ends[run] - runStart(run)));
    }

    /** The size in bytes of the lengths of a run's appends in its file; 0 if the run is a single append. */
    public int lengthsBytesInFile(int run) {
        return lengths == null ? 0 : lengths.size(run);
    }

    /** The position of those lengths in the file, and their checksum in the lower half. */
    public long lengthsLocationInFile(int run) {
        return lengths == null ? 0 : lengths.location(run);
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
        for (int run = 0; run < count; run++) {
            if (places[run] == block) {
                int bytes = (int) (ends[run] - runStart(run));
                Location location = mover.move(block, index(run), bytes);
                location.block().enter(bytes);
                block.leave(bytes);
                places[run] = location.block();
                locations[run] = (long) location.index() << 32;
                sealed = Math.max(sealed, run + 1);
            }
        }
    }

    /**
     * Replaces runs by those of a file that have the same bytes; the replaced runs are sealed. Runs of the file whose
     * bytes were dropped from the beginning of the stream meanwhile are left out.
     */
    public void replace(StoredRuns written, Place file) {
        int skipped = 0;
        while (skipped < written.count() && written.end(skipped) <= start) {
            skipped++;
        }
        if (skipped == written.count()) {
            return;
        }
        long from = Math.max(start, written.start(skipped));
        int first = runAt(from);
        int last = runAt(written.end(written.count() - 1) - 1);
        for (int run = first; run <= last; run++) {
            places[run].leave((int) (ends[run] - runStart(run)));
        }
        long firstMessages = messagesBeforeRun(first);
        int added = written.count() - skipped;
        if (messages == null && added != last - first + 1) {
            countMessages();
        }
        shift(last + 1, first + added);
        long messageEnd = firstMessages;
        for (int i = 0; i < added; i++) {
            int length = written.bytes(skipped + i);
            messageEnd += written.messages(skipped + i);
            set(
                    first + i,
                    file,
                    written.location(skipped + i),
                    written.end(skipped + i),
                    messageEnd,
                    written.millis(skipped + i));
            setLengths(first + i, written, skipped + i);
            file.enter(length);
        }
        sealed = Math.max(sealed, first + added);
    }

    /** Moves the runs from {@code from} on to {@code to}. */
    private void shift(int from, int to) {
        int moved = count - from;
        int newCount = to + moved;
        sealed += to - from;
        if (lengths != null) {
            lengths.shift(from, to, moved);
        }
        if (newCount > ends.length || newCount < ends.length - 1) {
            places = shifted(places, Arrays.copyOf(places, newCount), from, to, moved);
            locations = shifted(locations, Arrays.copyOf(locations, newCount), from, to, moved);
            ends = shifted(ends, Arrays.copyOf(ends, newCount), from, to, moved);
            messages = messages == null ? null : shifted(messages, Arrays.copyOf(messages, newCount), from, to, moved);
            times = times == null ? null : shifted(times, Arrays.copyOf(times, newCount), from, to, moved);
        } else {
            shifted(places, places, from, to, moved);
            shifted(locations, locations, from, to, moved);
            shifted(ends, ends, from, to, moved);
            if (messages != null) {
                shifted(messages, messages, from, to, moved);
            }
            if (times != null) {
                shifted(times, times, from, to, moved);
            }
        }
        count = newCount;
        if (lengths != null) {
            lengths.resize(ends.length);
        }
    }

    @SuppressWarnings("SuspiciousSystemArraycopy")
    private static <T> T shifted(T source, T target, int from, int to, int moved) {
        System.arraycopy(source, from, target, to, moved);
        return target;
    }

    /**
     * Drops the runs before {@code position}, at which a run begins or the content ends.
     *
     * @param released receives each place that a run was in
     */
    public void dropBefore(long position, Consumer<Place> released) {
        int runs = position >= end() ? count : runAt(position);
        if (runs == 0) {
            return;
        }
        long newStart = ends[runs - 1];
        long newMessages = messagesBeforeRun(runs);
        for (int run = 0; run < runs; run++) {
            leave(run, released);
        }
        int sealedRest = Math.max(0, sealed - runs);
        shift(runs, 0);
        sealed = sealedRest;
        start = newStart;
        startMessages = newMessages;
    }

    private void leave(int run, Consumer<Place> released) {
        places[run].leave((int) (ends[run] - runStart(run)));
        released.accept(places[run]);
    }

    /** Drops everything; {@code released} receives each place that a run was in. */
    public void release(Consumer<Place> released) {
        for (int run = 0; run < count; run++) {
            leave(run, released);
        }
        start = end();
        places = NO_PLACES;
        locations = NO_LONGS;
        ends = NO_LONGS;
        count = 0;
        sealed = 0;
        messages = json ? NO_LONGS : null;
        lengths = null;
    }
}
