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

    /** The most shards of a server. */
    private static final int NUMBERS_MAX = 1_000;

    private static final int TEXT_CHARS_MAX = START_DIGITS + NUMBERS_MAX * (1 + NUMBER_DIGITS_MAX);

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
        long[] numbers = isStart(text) ? numbers(text) : null;
        if (numbers == null) {
            throw new RefusedException(
                    ErrorCode.INVALID_PARAMETER,
                    name + " is " + Quoted.of(text) + ", expected the position of a page or of an event");
        }
        return new ListingPosition(HexFormat.fromHexDigitsToLong(text, 0, START_DIGITS), numbers);
    }

    private static boolean isStart(String text) {
        if (text.length() < START_DIGITS || text.length() > TEXT_CHARS_MAX) {
            return false;
        }
        for (int i = 0; i < START_DIGITS; i++) {
            if ("0123456789abcdef".indexOf(text.charAt(i)) < 0) {
                return false;
            }
        }
        return true;
    }

    /** The numbers, each after a dot; null if the text after the start is something else. */
    private static long @Nullable [] numbers(String text) {
        long count = text.chars().filter(c -> c == '.').count();
        if (count == 0 || count > NUMBERS_MAX) {
            return null;
        }
        long[] numbers = new long[(int) count];
        int at = START_DIGITS;
        for (int i = 0; i < numbers.length; i++) {
            int end = numberEnd(text, at);
            if (end < 0) {
                return null;
            }
            numbers[i] = Long.parseLong(text, at + 1, end, 10);
            at = end;
        }
        return at == text.length() ? numbers : null;
    }

    /** The end of the number after the dot at {@code at}; -1 if there is none. */
    private static int numberEnd(String text, int at) {
        if (at == text.length() || text.charAt(at) != '.') {
            return -1;
        }
        int end = at + 1;
        while (end < text.length() && text.charAt(end) >= '0' && text.charAt(end) <= '9') {
            end++;
        }
        int digits = end - at - 1;
        return digits == 0 || digits > NUMBER_DIGITS_MAX ? -1 : end;
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
