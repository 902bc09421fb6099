package io.streamkeeper.client.api;

import io.streamkeeper.protocol.Offset;
import io.streamkeeper.protocol.ReadRange;
import io.streamkeeper.protocol.ReadStart;
import io.streamkeeper.protocol.RefusedException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Where a read begins, and where it ends if not at the tail. Immutable: each method returns a new object. A read returns
 * at least one message or character if there is one.
 */
public final class ReadOptions {
    private final ReadStart start;
    private final long limit;
    private final long maxBytes;
    private final @Nullable String until;
    private final boolean backward;

    private ReadOptions(ReadStart start, long limit, long maxBytes, @Nullable String until, boolean backward) {
        this.start = start;
        this.limit = limit;
        this.maxBytes = maxBytes;
        this.until = until;
        this.backward = backward;
    }

    /**
     * {@return a read that begins at a place}
     *
     * @param from the place
     * @throws StreamException.Invalid if it is not an offset
     */
    public static ReadOptions from(From from) {
        return new ReadOptions(parse(from), ReadRange.NONE, ReadRange.NONE, null, false);
    }

    /**
     * {@return a page that ends at a place, and begins as many messages or bytes before it as {@link #limit} or {@link
     * #maxBytes} says, one of which is necessary}
     *
     * @param end the place, such as {@link From#now} for the last page, and {@link Page#startOffset} of a page for the
     *     one before it
     * @throws StreamException.Invalid if it is not an offset
     */
    public static ReadOptions before(From end) {
        return new ReadOptions(parse(end), ReadRange.NONE, ReadRange.NONE, null, true);
    }

    /**
     * {@return a read of the last messages of a JSON stream}
     *
     * @param messages how many, 1 or more
     * @throws IllegalArgumentException if it is not positive
     */
    public static ReadOptions last(long messages) {
        ReadStart last = new ReadStart.Last(positive("messages", messages), ReadRange.NONE);
        return new ReadOptions(last, ReadRange.NONE, ReadRange.NONE, null, false);
    }

    /**
     * {@return a read of the last bytes of a stream} No message or character is cut.
     *
     * @param bytes how many, 1 or more
     * @throws IllegalArgumentException if it is not positive
     */
    public static ReadOptions lastBytes(long bytes) {
        ReadStart last = new ReadStart.Last(ReadRange.NONE, positive("bytes", bytes));
        return new ReadOptions(last, ReadRange.NONE, ReadRange.NONE, null, false);
    }

    /**
     * {@return a read of what was appended at or after a time, and perhaps of somewhat older data: the server keeps times
     * of groups of appends}
     *
     * @param time by the system clock of the server
     */
    public static ReadOptions since(Instant time) {
        ReadStart since = new ReadStart.Since(millis(time));
        return new ReadOptions(since, ReadRange.NONE, ReadRange.NONE, null, false);
    }

    /** The milliseconds of a time; the least or the greatest number if it is outside of those. */
    private static long millis(Instant time) {
        try {
            return time.toEpochMilli();
        } catch (ArithmeticException e) {
            return time.isBefore(Instant.EPOCH) ? Long.MIN_VALUE : Long.MAX_VALUE;
        }
    }

    private static ReadStart parse(From from) {
        try {
            return ReadStart.parse(from.offset());
        } catch (RefusedException e) {
            throw StreamException.of(e.refusal());
        }
    }

    private static long positive(String name, long number) {
        if (number < 1) {
            throw new IllegalArgumentException(name + " is " + number + "; expected 1 or more");
        }
        return number;
    }

    /**
     * {@return the same with at most so many messages, of a JSON stream}
     *
     * @param messages 1 or more
     * @throws IllegalArgumentException if it is not positive
     */
    public ReadOptions limit(long messages) {
        return new ReadOptions(start, positive("messages", messages), maxBytes, until, backward);
    }

    /**
     * {@return the same with at most so many bytes, unless the only message or character is longer}
     *
     * @param bytes 1 or more
     * @throws IllegalArgumentException if it is not positive
     */
    public ReadOptions maxBytes(long bytes) {
        return new ReadOptions(start, limit, positive("bytes", bytes), until, backward);
    }

    /**
     * {@return the same up to an offset} Not for a page that {@link #before} describes, which ends at its place.
     *
     * @param offset one that the stream returned; the read checks it
     * @throws IllegalArgumentException if this is such a page
     */
    public ReadOptions until(String offset) {
        if (backward) {
            throw new IllegalArgumentException("a page that ends at a place has until " + offset + "; expected none");
        }
        return new ReadOptions(start, limit, maxBytes, offset, false);
    }

    /** {@return where the read begins, or ends if it is a page that ends at a place} */
    public ReadStart start() {
        return start;
    }

    /**
     * {@return the limits, or null if there are none}
     *
     * @throws RefusedException if {@link #until} is not an offset
     * @throws IllegalArgumentException if it is a page that ends at a place, without a limit
     */
    public @Nullable ReadRange range() {
        boolean limited = limit > 0 || maxBytes > 0;
        if (backward && !limited) {
            throw new IllegalArgumentException("a page that ends at a place has no limit; expected limit or maxBytes");
        }
        return limited || until != null
                ? new ReadRange(limit, maxBytes, until == null ? null : Offset.parse(until), backward)
                : null;
    }
}
