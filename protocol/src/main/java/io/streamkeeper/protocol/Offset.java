package io.streamkeeper.protocol;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/**
 * A place in a stream (section 8). Its text has a fixed width, so that texts sort as places do.
 *
 * <pre>
 *   1764099000000001_0000000000002468
 *   └ generation      └ place: twice the position
 * </pre>
 *
 * Each part has 16 decimal digits. A generation belongs to one incarnation of one path and grows with time, so that an
 * offset of a deleted stream differs from each offset of a later stream at its path. Generation zero with position zero
 * names the beginning of any stream.
 *
 * <p>Some clients add one to the last digits and continue reading there. So an odd place means the even one before it:
 * an issued offset plus one names the same position.
 *
 * <p>Offsets of format version 1 are accepted too. Their generation has 16 hexadecimal digits, at least one of them a
 * letter, and is greater than {@link #GENERATION_MAX}; their place is the position itself. They keep that form.
 *
 * @param generation the incarnation that the byte before this place was written to; not negative
 * @param position stored bytes before this place, 0 … {@value #POSITION_MAX}
 */
public record Offset(long generation, long position) implements Comparable<Offset> {
    /** The largest position that fits the text form: five petabytes. */
    public static final long POSITION_MAX = 4_999_999_999_999_999L;

    /** The highest generation; those of format version 1 are higher. */
    public static final long GENERATION_MAX = 9_999_999_999_999_999L;

    /** The beginning of any stream. */
    public static final Offset ZERO = new Offset(0, 0);

    /** Length of the text form in characters. */
    public static final int TEXT_LENGTH = 33;

    private static final int DIGITS = 16;

    /** The two characters of each number below 100, the first one in the higher byte. */
    private static final char[] PAIRS = pairs();

    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    /**
     * Checks both numbers.
     *
     * @param generation not negative
     * @param position 0 … {@value #POSITION_MAX}
     * @throws IllegalArgumentException if one is out of range
     */
    public Offset {
        if (generation < 0 || position < 0 || position > POSITION_MAX) {
            throw new IllegalArgumentException(
                    "offset out of range: generation " + generation + ", position " + position);
        }
    }

    private static char[] pairs() {
        char[] pairs = new char[100];
        for (int i = 0; i < pairs.length; i++) {
            pairs[i] = (char) ((('0' + i / 10) << 8) | ('0' + i % 10));
        }
        return pairs;
    }

    /**
     * Reads the text form.
     *
     * @param text {@value #TEXT_LENGTH} characters, hexadecimal digits in lower case
     * @return the offset; whether a stream has it is not checked
     * @throws RefusedException if it is not one, with {@link ErrorCode#INVALID_OFFSET}
     */
    public static Offset parse(String text) {
        if (text.length() != TEXT_LENGTH || text.charAt(DIGITS) != '_') {
            throw invalid(text);
        }
        long place = decimal(text, DIGITS + 1);
        long generation = decimal(text, 0);
        boolean former = generation < 0;
        if (former) {
            generation = hexadecimal(text);
        }
        long position = former ? place : place / 2;
        boolean issued = !former || (generation > GENERATION_MAX && position <= POSITION_MAX);
        if (place < 0 || !issued) {
            throw invalid(text);
        }
        return new Offset(generation, position);
    }

    /** The number at {@code start}, or -1 if a character is not a digit. */
    private static long decimal(String text, int start) {
        long number = 0;
        for (int i = start; i < start + DIGITS; i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            number = number * 10 + digit;
        }
        return number;
    }

    /** The number at the beginning; negative if it has more than 63 bits or a character is not a digit. */
    private static long hexadecimal(String text) {
        long number = 0;
        for (int i = 0; i < DIGITS; i++) {
            int digit = hexDigit(text.charAt(i));
            if (digit < 0) {
                return -1;
            }
            number = (number << 4) | digit;
        }
        return number;
    }

    /** Lower case only: two texts of one offset would be two cache keys, and would not sort. */
    private static int hexDigit(char c) {
        if (c >= '0' && c <= '9') {
            return c - '0';
        }
        return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
    }

    private static RefusedException invalid(String text) {
        return new RefusedException(
                ErrorCode.INVALID_OFFSET,
                "offset " + Quoted.of(text) + " is not one that this server issued; expected -1, now, or 16 digits,"
                        + " an underscore and 16 digits");
    }

    /**
     * Writes the text form in ASCII.
     *
     * @param out gets {@value #TEXT_LENGTH} bytes at its writer index
     */
    public void writeTo(ByteBuf out) {
        writeGenerationTo(out);
        out.writeByte('_');
        writeDecimal(out, generation > GENERATION_MAX ? position : 2 * position);
    }

    /** Writes the generation part of the text form. */
    void writeGenerationTo(ByteBuf out) {
        if (generation > GENERATION_MAX) {
            writeHexadecimal(out, generation);
        } else {
            writeDecimal(out, generation);
        }
    }

    private static void writeDecimal(ByteBuf out, long number) {
        out.writeLong(eightDigits((int) (number / 100_000_000)));
        out.writeLong(eightDigits((int) (number % 100_000_000)));
    }

    /** The characters of a number below 10^8, the first one in the highest byte. */
    private static long eightDigits(int number) {
        int upper = number / 10_000;
        int lower = number % 10_000;
        return ((long) PAIRS[upper / 100] << 48)
                | ((long) PAIRS[upper % 100] << 32)
                | ((long) PAIRS[lower / 100] << 16)
                | PAIRS[lower % 100];
    }

    private static void writeHexadecimal(ByteBuf out, long number) {
        for (int shift = 4 * (DIGITS - 1); shift >= 0; shift -= 4) {
            out.writeByte(HEX[(int) ((number >>> shift) & 15)]);
        }
    }

    /**
     * {@return whether an offset names this place} {@link #ZERO} names the beginning of any stream.
     *
     * @param named the offset that a client sent
     */
    public boolean isNamedBy(Offset named) {
        return equals(named) || (position == 0 && named.equals(ZERO));
    }

    /** Orders offsets as their texts are ordered; those of format version 1 are a group of their own. */
    @Override
    public int compareTo(Offset other) {
        int byGeneration = Long.compare(generation, other.generation);
        return byGeneration != 0 ? byGeneration : Long.compare(position, other.position);
    }

    /** The text form. */
    @Override
    public String toString() {
        ByteBuf text = Unpooled.wrappedBuffer(new byte[TEXT_LENGTH]).clear();
        writeTo(text);
        return text.toString(StandardCharsets.ISO_8859_1);
    }
}
