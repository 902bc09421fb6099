package io.streamkeeper.protocol;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/**
 * A place in a stream (section 8). Its text is {@code <generation>_<position>}, both of fixed width, so that texts sort
 * as positions do.
 *
 * <pre>
 *   0192f3a4b5c60001_0000000000001234
 *   └ 16 hex digits   └ 16 decimal digits
 * </pre>
 *
 * A generation belongs to one incarnation of one path and grows with time, so an offset of a deleted stream is told
 * from one of the stream that took its path. Generation and position both zero name the beginning of any stream.
 *
 * @param generation the incarnation that the byte before this place was written to; not negative
 * @param position stored bytes before this place, 0 … {@value #POSITION_MAX}
 */
public record Offset(long generation, long position) implements Comparable<Offset> {
    /** The largest position that fits the text form: ten petabytes. */
    public static final long POSITION_MAX = 9_999_999_999_999_999L;

    /** The highest generation that is given; those of format version 1 were higher. */
    public static final long GENERATION_MAX = 9_999_999_999_999_999L;

    /** The beginning of any stream. */
    public static final Offset ZERO = new Offset(0, 0);

    /** Characters of the text form. */
    public static final int TEXT_LENGTH = 33;

    private static final int DIGITS = 16;
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

    /**
     * Reads the text form.
     *
     * @param text {@value #TEXT_LENGTH} characters, the hex digits in lower case
     * @return the offset; whether a stream has it, nobody has looked
     * @throws RefusedException if it is not one, with {@link ErrorCode#INVALID_OFFSET}
     */
    public static Offset parse(String text) {
        if (text.length() != TEXT_LENGTH || text.charAt(DIGITS) != '_') {
            throw invalid(text);
        }
        long generation = 0;
        for (int i = 0; i < DIGITS; i++) {
            int digit = hexDigit(text.charAt(i));
            if (digit < 0) {
                throw invalid(text);
            }
            generation = (generation << 4) | digit;
        }
        long position = 0;
        for (int i = DIGITS + 1; i < TEXT_LENGTH; i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                throw invalid(text);
            }
            position = position * 10 + digit;
        }
        if (generation < 0) {
            throw invalid(text);
        }
        return new Offset(generation, position);
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
                "offset " + Quoted.of(text) + " is not one that this server issued; expected -1, now, or 16 hex digits,"
                        + " an underscore and 16 digits");
    }

    /**
     * Writes the text form in ASCII.
     *
     * @param out gets {@value #TEXT_LENGTH} bytes at its writer index
     */
    public void writeTo(ByteBuf out) {
        out.writeZero(TEXT_LENGTH);
        int index = out.writerIndex() - TEXT_LENGTH;
        long rest = generation;
        for (int i = DIGITS - 1; i >= 0; i--) {
            out.setByte(index + i, HEX[(int) (rest & 15)]);
            rest >>>= 4;
        }
        out.setByte(index + DIGITS, '_');
        rest = position;
        for (int i = TEXT_LENGTH - 1; i > DIGITS; i--) {
            out.setByte(index + i, (int) ('0' + rest % 10));
            rest /= 10;
        }
    }

    /**
     * {@return whether an offset names this place of a stream} {@link #ZERO} names the beginning of any.
     *
     * @param named what a client has sent
     */
    public boolean isNamedBy(Offset named) {
        return equals(named) || (position == 0 && named.equals(ZERO));
    }

    /** {@return what the text form begins with} */
    String generationText() {
        return toString().substring(0, DIGITS);
    }

    /** Orders as the texts do. */
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
