package io.streamkeeper.protocol;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * The splitting of one JSON body into its messages, in steps. Used by the thread of its {@link JsonSplitter}, which
 * splits no other body during a step.
 *
 * <p>Afterwards the messages are adjacent, with a comma between two, as they are stored: white space around and in them
 * is removed in the memory of the body, from the first message on. Bytes are moved after they were read, and never over
 * bytes that were not read yet.
 */
public final class JsonSplitting implements JsonScanner.Values {
    private static final int NONE = -1;

    private final JsonScanner scanner;
    private final byte[] scratch;
    private final ByteBuf bytes;
    private final int base;
    private final int length;
    private final JsonMessages.Collector messages = new JsonMessages.Collector();
    private final @Nullable OffsetPlaces places;
    private final long storedBytesMax;

    /** The length of all fields, also of those that are not added because the messages are too long with them. */
    private long fieldBytes;

    /** The part of the text that is being read: its memory, and its place in the text. */
    private byte[] part;

    private int partStart;
    private int partIndex;
    private int next;

    /** The first byte of the message being read, or the byte after its last white space. */
    private int current = NONE;

    /** Where the last stored message ends, and how far bytes are moved to the front. */
    private int storedEnd = NONE;

    private int gap;

    /**
     * A splitting of {@code bytes}, with exclusive use of a scanner and of memory for a part of them.
     *
     * @param places finds where offsets are added; null if none are
     * @param storedBytesMax the most bytes of the messages with their offsets
     */
    JsonSplitting(
            JsonScanner scanner, byte[] scratch, ByteBuf bytes, @Nullable OffsetPlaces places, long storedBytesMax) {
        this.scanner = scanner;
        this.scratch = scratch;
        this.part = scratch;
        this.bytes = bytes;
        this.base = bytes.readerIndex();
        this.length = bytes.readableBytes();
        this.places = places;
        this.storedBytesMax = storedBytesMax;
        scanner.begin(this);
    }

    /**
     * Reads the next part.
     *
     * @param bytesMax the approximate size of the part
     * @return whether the body is split, or found not to be JSON
     */
    public boolean step(int bytesMax) {
        int end = (int) Math.min(length, (long) next + bytesMax);
        while (next < end && scanner.problem() == null) {
            readPart(end);
        }
        boolean over = next == length || scanner.problem() != null;
        if (over) {
            scanner.finish(length);
        }
        return over;
    }

    private void readPart(int end) {
        int count = end - next;
        if (bytes.hasArray()) {
            part = bytes.array();
            partStart = bytes.arrayOffset() + base + next;
        } else {
            count = Math.min(count, scratch.length);
            bytes.getBytes(base + next, scratch, 0, count);
            partStart = 0;
        }
        partIndex = next;
        next += count;
        scanner.read(part, partStart, partStart + count, partIndex - partStart);
        if (current != NONE) {
            move(next);
        }
    }

    @Override
    public void begins(int index) {
        if (storedEnd == NONE) {
            messages.beginAt(index);
        } else if (index - gap != storedEnd + 1) {
            gap = index - storedEnd - 1;
        }
        if (gap > 0) {
            bytes.setByte(base + storedEnd, ',');
        }
        current = index;
        if (places != null) {
            places.begin();
        }
    }

    @Override
    public void ends(int index) {
        move(index);
        storedEnd = index - gap;
        current = NONE;
        int place = places == null ? OffsetPlaces.NONE : places.end();
        if (place != OffsetPlaces.NONE) {
            fieldBytes += OffsetField.BYTES;
            if (!isTooLong()) {
                messages.addField(place);
            }
        }
        messages.add(storedEnd);
    }

    private boolean isTooLong() {
        return fieldBytes > 0 && storedEnd + fieldBytes > storedBytesMax;
    }

    @Override
    public void space(int from, int to) {
        if (current != NONE) {
            move(from);
            gap += to - from;
            current = to;
        }
    }

    /** Moves the bytes of the message, up to {@code end}, that are in this part. */
    private void move(int end) {
        int from = Math.max(current, partIndex);
        if (from >= end) {
            return;
        }
        int index = partStart + from - partIndex;
        if (places != null) {
            places.read(part, index, index + end - from, from - gap - index);
        }
        if (gap > 0) {
            bytes.setBytes(base + from - gap, part, index, end - from);
        }
    }

    /**
     * {@return the body with its messages, or with the {@link ErrorCode#INVALID_JSON} that says where it is wrong}
     * Called once, after the last step; the result owns the bytes.
     */
    public Body body() {
        JsonScanner.Problem problem = scanner.problem();
        if (problem == null) {
            return new Body(bytes, messages.messages(), isTooLong() ? tooLong() : null);
        }
        int place = scanner.problemIndex();
        return switch (problem) {
            case NOT_UTF8 -> invalid("it is not UTF-8");
            case NOTHING -> invalid(length == 0 ? "it does not begin as one" : "it is nothing but white space");
            case BEGINS_OTHERWISE -> invalid("it does not begin as one");
            case WRONG -> invalid("it goes wrong at byte " + place);
            case FOLLOWED -> invalid("another value follows at byte " + place);
            case TOO_DEEP ->
                refused("the body nests arrays and objects deeper than " + JsonSplitter.NESTING_MAX
                        + " levels, which is the limit");
        };
    }

    private Refusal tooLong() {
        return Refusal.of(
                ErrorCode.BODY_TOO_LARGE,
                "the messages have " + (storedEnd + fieldBytes) + " bytes with the offsets that are added to them,"
                        + " expected at most " + storedBytesMax);
    }

    private Body invalid(String reason) {
        return refused("the body is not a JSON text in UTF-8: " + reason);
    }

    private Body refused(String message) {
        return new Body(bytes, null, Refusal.of(ErrorCode.INVALID_JSON, message));
    }
}
