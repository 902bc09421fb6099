package io.streamkeeper.storage;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import io.streamkeeper.protocol.JsonMessages;
import io.streamkeeper.protocol.JsonSplitter;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Where the bytes lie that a stream itself wrote: runs within blocks, in order of position, each block retained once for
 * each run. Owned by the shard's loop; slices that it gives out hold their block by themselves, so neither deletion nor
 * compaction waits for a reader.
 *
 * <p>A run of a JSON stream begins and ends between messages, and is at most {@value #RUN_BYTES_MAX} bytes long unless
 * it is a single message: so a boundary is found by looking at one run only, and a bounded read never cuts a message.
 */
final class StreamContent {
    /** What one run grows to before another is begun. */
    static final int RUN_BYTES_MAX = 64 << 10;

    /** Runs shorter than this on average are copied together for a read. */
    private static final int COPY_BYTES_MAX = 4 << 10;

    private static final Block[] NO_BLOCKS = {};
    private static final int[] NO_INTS = {};
    private static final long[] NO_LONGS = {};

    private final long start;
    private Block[] blocks = NO_BLOCKS;
    private int[] indexes = NO_INTS;
    private long[] ends = NO_LONGS;
    private long @Nullable [] messages;
    private int count;

    /** Content whose first byte will be at {@code start}. */
    StreamContent(long start, boolean json) {
        this.start = start;
        this.messages = json ? NO_LONGS : null;
    }

    long end() {
        return count == 0 ? start : ends[count - 1];
    }

    /** Messages before the end; only for JSON. */
    long messageCount() {
        return messages == null || count == 0 ? 0 : messages[count - 1];
    }

    /** Adds a payload that was copied into {@code block} at {@code index}. */
    void add(Block block, int index, Payload payload) {
        JsonMessages split = payload.messages();
        if (split == null) {
            addRun(block, index, payload.storedBytes(), 0);
            return;
        }
        int runBytes = 0;
        int runMessages = 0;
        int runIndex = index;
        for (int i = 0; i < split.count(); i++) {
            int bytes = split.end(i) - split.start(i) + 1;
            if (runMessages > 0 && runBytes + bytes > RUN_BYTES_MAX) {
                addRun(block, runIndex, runBytes, runMessages);
                runIndex += runBytes;
                runBytes = 0;
                runMessages = 0;
            }
            runBytes += bytes;
            runMessages++;
        }
        addRun(block, runIndex, runBytes, runMessages);
    }

    @SuppressWarnings("ReferenceEquality")
    private void addRun(Block block, int index, int bytes, int runMessages) {
        if (bytes == 0) {
            return;
        }
        long runEnd = end() + bytes;
        long messageEnd = messageCount() + runMessages;
        if (count > 0 && continuesLast(block, index, bytes)) {
            block.extend(bytes);
            ends[count - 1] = runEnd;
            if (messages != null) {
                messages[count - 1] = messageEnd;
            }
            return;
        }
        if (count == ends.length) {
            grow();
        }
        block.enter(this, bytes, count == 0 || blocks[count - 1] != block);
        blocks[count] = block;
        indexes[count] = index;
        ends[count] = runEnd;
        if (messages != null) {
            messages[count] = messageEnd;
        }
        count++;
    }

    /** Whether this is the same block and follows on. */
    @SuppressWarnings("ReferenceEquality")
    private boolean continuesLast(Block block, int index, int bytes) {
        int last = count - 1;
        long length = ends[last] - runStart(last);
        return blocks[last] == block && indexes[last] + length == index && length + bytes <= RUN_BYTES_MAX;
    }

    private void grow() {
        int capacity = count == 0 ? 1 : count + Math.max(1, count >> 1);
        blocks = Arrays.copyOf(blocks, capacity);
        indexes = Arrays.copyOf(indexes, capacity);
        ends = Arrays.copyOf(ends, capacity);
        if (messages != null) {
            messages = Arrays.copyOf(messages, capacity);
        }
    }

    /** Drops everything behind {@code position}, where content with {@code messagesKept} messages ended before. */
    void truncate(long position, long messagesKept) {
        while (count > 0 && runStart(count - 1) >= position) {
            count--;
            blocks[count].leave((int) (ends[count] - runStart(count)));
            blocks[count] = Block.NONE;
        }
        if (count > 0) {
            blocks[count - 1].shrink((int) (ends[count - 1] - position));
            ends[count - 1] = position;
            if (messages != null) {
                messages[count - 1] = messagesKept;
            }
        }
    }

    private long runStart(int run) {
        return run == 0 ? start : ends[run - 1];
    }

    /** The run that holds the byte at {@code position}. */
    private int runAt(long position) {
        int found = Arrays.binarySearch(ends, 0, count, position);
        return found >= 0 ? found + 1 : -found - 1;
    }

    /**
     * Where a read from {@code from} ends that is to return about {@code bytesMax} bytes of what lies before
     * {@code limit}: for JSON between two messages, and never at {@code from} itself while there is something to read.
     */
    long readEnd(long from, long limit, int bytesMax) {
        if (limit - from <= bytesMax) {
            return limit;
        }
        if (messages == null) {
            return from + bytesMax;
        }
        int run = runAt(from + bytesMax);
        long cut = runStart(run);
        return cut > from ? cut : Math.min(ends[run], limit);
    }

    /**
     * The bytes from {@code from} to {@code to}. Many small runs are copied together, because a system call takes only so
     * many pieces; large ones are not copied.
     */
    ByteBuf read(long from, long to) {
        if (from == to) {
            return Unpooled.EMPTY_BUFFER;
        }
        int first = runAt(from);
        int last = runAt(to - 1);
        if (first == last) {
            return slice(first, from, to).retain();
        }
        int runs = last - first + 1;
        long length = to - from;
        if (length / runs < COPY_BYTES_MAX) {
            ByteBuf copy = ByteBufAllocator.DEFAULT.buffer((int) length, (int) length);
            for (int run = first; run <= last; run++) {
                copy.writeBytes(slice(run, Math.max(from, runStart(run)), Math.min(to, ends[run])));
            }
            return copy;
        }
        CompositeByteBuf all = Unpooled.compositeBuffer(runs);
        for (int run = first; run <= last; run++) {
            all.addComponent(
                    true,
                    slice(run, Math.max(from, runStart(run)), Math.min(to, ends[run]))
                            .retain());
        }
        return all;
    }

    private ByteBuf slice(int run, long from, long to) {
        return blocks[run].memory().slice(indexes[run] + (int) (from - runStart(run)), (int) (to - from));
    }

    /** Whether {@code position} lies between two messages; for a stream of bytes every position does. */
    boolean isBoundary(long position, JsonSplitter splitter) {
        return messages == null || messagesBefore(position, splitter) >= 0;
    }

    /** How many messages end at or before {@code position}, or -1 if it is inside one; only for JSON. */
    long messagesBefore(long position, JsonSplitter splitter) {
        if (messages == null) {
            throw new IllegalStateException("a stream of bytes has no messages");
        }
        if (position <= start || count == 0) {
            return 0;
        }
        int run = runAt(position - 1);
        if (position == ends[run]) {
            return messages[run];
        }
        int inRun = splitter.messagesBefore(slice(run, runStart(run), ends[run]), (int) (position - runStart(run)));
        return inRun < 0 ? -1 : messagesBeforeRun(run) + inRun;
    }

    /** The position behind the first {@code number} messages, of which there are as many; only for JSON. */
    long positionAfter(long number, JsonSplitter splitter) {
        if (messages == null || number > messageCount()) {
            throw new IllegalStateException(number + " messages asked for, expected at most " + messageCount());
        }
        int found = Arrays.binarySearch(messages, 0, count, number);
        if (found >= 0) {
            return ends[found];
        }
        int run = -found - 1;
        int inRun = (int) (number - messagesBeforeRun(run));
        return inRun == 0
                ? runStart(run)
                : runStart(run) + splitter.boundaryAfter(slice(run, runStart(run), ends[run]), inRun);
    }

    private long messagesBeforeRun(int run) {
        return run == 0 || messages == null ? 0 : messages[run - 1];
    }

    /** Copies the runs that lie in {@code block} into extents. */
    @SuppressWarnings("ReferenceEquality")
    void move(Block block, ExtentStore extents) {
        for (int run = 0; run < count; run++) {
            if (blocks[run] == block) {
                int bytes = (int) (ends[run] - runStart(run));
                ExtentStore.Place place = extents.write(block, indexes[run], bytes);
                place.block().enter(this, bytes, run == 0 || blocks[run - 1] != place.block());
                block.leave(bytes);
                blocks[run] = place.block();
                indexes[run] = place.index();
            }
        }
    }

    /** Lets go of all blocks. */
    @SuppressWarnings("ReferenceEquality")
    void release(Compaction compaction) {
        for (int run = 0; run < count; run++) {
            blocks[run].leave((int) (ends[run] - runStart(run)));
            if (run + 1 == count || blocks[run + 1] != blocks[run]) {
                compaction.left(blocks[run]);
            }
        }
        blocks = NO_BLOCKS;
        count = 0;
    }
}
