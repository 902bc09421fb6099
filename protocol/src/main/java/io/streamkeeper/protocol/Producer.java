package io.streamkeeper.protocol;

import org.jspecify.annotations.Nullable;

/**
 * The three producer headers of an append: who writes, in which session, and the number of the request (section
 * 5.2.1).
 *
 * @param id the name of the producer, not empty
 * @param epoch the session, 0 … 2^53-1
 * @param seq the request within the session, 0 … 2^53-1
 */
public record Producer(String id, long epoch, long seq) {
    /** The largest epoch or sequence number: the largest exact integer of JavaScript. */
    public static final long NUMBER_MAX = (1L << 53) - 1;

    /** The longest id in characters. */
    public static final int ID_LENGTH_MAX = 256;

    private static final int DIGITS_MAX = 16;

    /**
     * Reads the three headers.
     *
     * @param id {@code Producer-Id}, 1 to {@value #ID_LENGTH_MAX} characters; null where it was not sent
     * @param epoch {@code Producer-Epoch}, an integer; null where it was not sent
     * @param seq {@code Producer-Seq}, an integer; null where it was not sent
     * @return null if none of them was sent
     * @throws RefusedException with {@link ErrorCode#INVALID_PRODUCER} if only some were, or one is not valid
     */
    public static @Nullable Producer parse(@Nullable String id, @Nullable String epoch, @Nullable String seq) {
        if (id == null && epoch == null && seq == null) {
            return null;
        }
        if (id == null || epoch == null || seq == null) {
            throw new RefusedException(
                    ErrorCode.INVALID_PRODUCER,
                    "Producer-Id, Producer-Epoch and Producer-Seq go together; missing: "
                            + (id == null ? "Producer-Id" : epoch == null ? "Producer-Epoch" : "Producer-Seq"));
        }
        checkId(id);
        return new Producer(id, number("Producer-Epoch", epoch), number("Producer-Seq", seq));
    }

    /**
     * Checks the three values.
     *
     * @param id 1 to {@value #ID_LENGTH_MAX} characters
     * @param epoch 0 … 2^53-1
     * @param seq 0 … 2^53-1
     * @return the producer
     * @throws RefusedException with {@link ErrorCode#INVALID_PRODUCER} if one is out of range, or the id is not valid
     *     Unicode
     */
    public static Producer of(String id, long epoch, long seq) {
        checkId(id);
        if (!UnicodeText.isWhole(id)) {
            throw new RefusedException(
                    ErrorCode.INVALID_PRODUCER,
                    "Producer-Id " + Quoted.of(id) + " has half a surrogate pair; expected Unicode text");
        }
        checkNumber("Producer-Epoch", Long.toString(epoch), epoch);
        checkNumber("Producer-Seq", Long.toString(seq), seq);
        return new Producer(id, epoch, seq);
    }

    private static void checkId(String id) {
        if (id.isEmpty() || id.length() > ID_LENGTH_MAX) {
            throw new RefusedException(
                    ErrorCode.INVALID_PRODUCER,
                    "Producer-Id has " + id.length() + " characters, expected 1 to " + ID_LENGTH_MAX);
        }
    }

    private static long number(String header, String text) {
        long value = Digits.are(text) && text.length() <= DIGITS_MAX ? Digits.toLong(text) : -1;
        checkNumber(header, text, value);
        return value;
    }

    private static void checkNumber(String header, String text, long value) {
        if (value < 0 || value > NUMBER_MAX) {
            throw new RefusedException(
                    ErrorCode.INVALID_PRODUCER,
                    header + " is " + Quoted.of(text) + ", expected an integer from 0 to " + NUMBER_MAX);
        }
    }
}
