package io.streamkeeper.protocol;

import io.netty.buffer.ByteBuf;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Checks that a body is one JSON text and finds the messages in it (section 9.1): the elements of an array, or else the
 * whole text. The bytes of the client are kept, except white space outside strings; nothing is decoded: numbers, escapes,
 * duplicate names and the order of names stay as they are. Used by one thread.
 *
 * <p>A splitter that adds offsets also finds where each state message gets an {@link OffsetField}.
 *
 * <p>The text is UTF-8 without a byte order mark (RFC 8259 section 8.1), nested at most {@value #NESTING_MAX} deep.
 */
public final class JsonSplitter {
    /** How deep arrays and objects may be nested. */
    public static final int NESTING_MAX = 1_000;

    private static final int PART_BYTES = 8 << 10;

    private final int nestingMax;
    private final boolean addsOffsets;
    private final long storedBytesMax;
    private final JsonScanner scanner;
    private final @Nullable OffsetPlaces places;

    /** Stored messages are read as elements of an array, one level deeper than the client sent them. */
    private final JsonScanner stored = new JsonScanner(NESTING_MAX + 1);

    private final byte[] scratch = new byte[PART_BYTES];

    /** Creates a splitter. It is meant to be kept, because it uses its memory again for the next body. */
    public JsonSplitter() {
        this(NESTING_MAX, false, Long.MAX_VALUE);
    }

    private JsonSplitter(int nestingMax, boolean addsOffsets, long storedBytesMax) {
        this.nestingMax = nestingMax;
        this.addsOffsets = addsOffsets;
        this.storedBytesMax = storedBytesMax;
        this.scanner = new JsonScanner(nestingMax);
        this.places = addsOffsets ? new OffsetPlaces() : null;
    }

    /**
     * {@return a splitter that finds where offsets are added to state messages}
     *
     * @param storedBytesMax the most bytes of the messages of a body with their offsets; a body of more has {@link
     *     ErrorCode#BODY_TOO_LARGE} as its problem
     */
    public static JsonSplitter addingOffsets(int storedBytesMax) {
        return new JsonSplitter(NESTING_MAX, true, storedBytesMax);
    }

    /**
     * {@return a splitter of the bodies that reads return: arrays of messages, one level deeper than clients sent them}
     */
    public static JsonSplitter ofReads() {
        return new JsonSplitter(NESTING_MAX + 1, false, Long.MAX_VALUE);
    }

    /**
     * Finds the messages of a body.
     *
     * @param bytes the body, taken over and not consumed; its white space is removed in place
     * @return the body with its messages, or with the {@link ErrorCode#INVALID_JSON} that says where it is wrong
     */
    public Body split(ByteBuf bytes) {
        JsonSplitting splitting = new JsonSplitting(scanner, scratch, bytes, places, storedBytesMax);
        splitting.step(Integer.MAX_VALUE);
        return splitting.body();
    }

    /**
     * Begins to find the messages of a body in steps. Other bodies may be split between two steps.
     *
     * @param bytes the body; owned by the caller until it is split
     * @return the splitting, before its first step
     */
    public JsonSplitting begin(ByteBuf bytes) {
        return new JsonSplitting(
                new JsonScanner(nestingMax), scratch, bytes, addsOffsets ? new OffsetPlaces() : null, storedBytesMax);
    }

    // ---- stored messages ----

    /**
     * How many messages of {@code stored} end at or before {@code index}.
     *
     * @param stored a run of stored messages, each followed by a comma
     * @param index bytes from the beginning of the run, at most its length
     * @return the number, or -1 if {@code index} is inside a message
     */
    public int messagesBefore(ByteBuf stored, int index) {
        Counter counter = new Counter(Integer.MAX_VALUE);
        readElements(stored, index, counter);
        return this.stored.isBetweenElements() ? counter.count : -1;
    }

    /**
     * Where the first {@code count} messages of {@code stored} end, commas included.
     *
     * @param stored a run of stored messages, each followed by a comma
     * @param count how many, not negative
     * @return bytes from the beginning of the run, or -1 if it holds fewer messages
     */
    public int boundaryAfter(ByteBuf stored, int count) {
        if (count == 0) {
            return 0;
        }
        Counter counter = new Counter(count);
        readElements(stored, stored.readableBytes(), counter);
        return counter.count < count ? -1 : counter.wantedEnd + 1;
    }

    /**
     * The boundaries between messages next to an index.
     *
     * @param floor the greatest at or before the index
     * @param ceiling the least at or after it
     */
    public record Around(int floor, int ceiling) {}

    /**
     * Finds the boundaries between messages next to {@code index}.
     *
     * @param stored a run of stored messages, each followed by a comma
     * @param index bytes from the beginning of the run, at most its length
     * @return both the index itself if it is such a boundary
     */
    public Around around(ByteBuf stored, int index) {
        Nearest nearest = new Nearest(index);
        readElements(stored, stored.readableBytes(), nearest, () -> nearest.ceiling >= 0);
        return new Around(nearest.floor, nearest.floor == index ? index : nearest.ceiling);
    }

    private void readElements(ByteBuf run, int length, Counter counter) {
        readElements(run, length, counter, () -> counter.count >= counter.wanted);
    }

    private void readElements(ByteBuf run, int length, JsonScanner.Values values, BooleanSupplier enough) {
        stored.beginElements(values);
        for (int index = 0; index < length && !enough.getAsBoolean(); index += PART_BYTES) {
            int count = Math.min(PART_BYTES, length - index);
            run.getBytes(run.readerIndex() + index, scratch, 0, count);
            stored.read(scratch, 0, count, index);
        }
    }

    /** Keeps the boundaries next to an index. */
    private static final class Nearest implements JsonScanner.Values {
        private final int index;
        private int floor;
        private int ceiling = -1;

        Nearest(int index) {
            this.index = index;
        }

        @Override
        public void begins(int at) {}

        @Override
        public void ends(int at) {
            int boundary = at + 1;
            if (boundary <= index) {
                floor = boundary;
            }
            if (boundary >= index && ceiling < 0) {
                ceiling = boundary;
            }
        }
    }

    /** Counts messages, and keeps the end of the requested one. */
    private static final class Counter implements JsonScanner.Values {
        private final int wanted;
        private int count;
        private int wantedEnd;

        Counter(int wanted) {
            this.wanted = wanted;
        }

        @Override
        public void begins(int index) {}

        @Override
        public void ends(int index) {
            count++;
            if (count == wanted) {
                wantedEnd = index;
            }
        }
    }
}
