package io.streamkeeper.protocol;

import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * A place in the sequence of creations, closures and deletions of all streams, from which they can be followed: for each
 * shard the number of the last change before it. It is valid for one start of a server. Immutable.
 *
 * <p>As text it has the start in 16 hex digits, and the numbers in decimal digits, each after a dot. Clients keep it as
 * it is.
 */
public final class ListingPosition {
    private static final int START_DIGITS = 16;
    private static final int NUMBER_DIGITS_MAX = 18;
    private static final int TEXT_CHARS_MAX = 32 << 10;

    private static final HexFormat HEX = HexFormat.of();

    private final long start;
    private final long[] numbers;

    /**
     * A place.
     *
     * @param start the start of the server, a random number
     * @param numbers for each shard the number of the last change before the place
     */
    public ListingPosition(long start, long... numbers) {
        this.start = start;
        this.numbers = numbers.clone();
    }

    /**
     * Reads a position.
     *
     * @param name the parameter or field with it, for the refusal
     * @param text what a page or an event contained
     * @return the place
     * @throws RefusedException with {@link ErrorCode#INVALID_PARAMETER} if it is not one
     */
    public static ListingPosition parse(String name, String text) {
        String[] parts = text.length() > TEXT_CHARS_MAX ? new String[0] : text.split("\\.", -1);
        boolean isValid = parts.length > 1 && parts[0].matches("[0-9a-f]{" + START_DIGITS + "}");
        for (int i = 1; i < parts.length; i++) {
            isValid &= parts[i].matches("[0-9]{1," + NUMBER_DIGITS_MAX + "}");
        }
        if (!isValid) {
            throw new RefusedException(
                    ErrorCode.INVALID_PARAMETER,
                    name + " is " + Quoted.of(text) + ", expected the position of a page or of an event");
        }
        long[] numbers = Arrays.stream(parts).skip(1).mapToLong(Digits::toLong).toArray();
        return new ListingPosition(HexFormat.fromHexDigitsToLong(parts[0]), numbers);
    }

    /** {@return the start of the server} */
    public long start() {
        return start;
    }

    /** {@return the number of shards} */
    public int shards() {
        return numbers.length;
    }

    /**
     * {@return the number of the last change before the place}
     *
     * @param shard the shard, from 0
     */
    public long number(int shard) {
        return numbers[shard];
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ListingPosition position
                && position.start == start
                && Arrays.equals(position.numbers, numbers);
    }

    @Override
    public int hashCode() {
        return 31 * Long.hashCode(start) + Arrays.hashCode(numbers);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(HEX.toHexDigits(start));
        for (long number : numbers) {
            text.append('.').append(number);
        }
        return text.toString();
    }
}
