package io.streamkeeper.protocol;

import java.math.BigInteger;

/**
 * Whole numbers in ASCII decimal digits, without a sign. The parsers of the JDK accept signs and the digits of every
 * script, so that one number has many texts.
 */
public final class Digits {
    private Digits() {}

    /**
     * {@return whether a text is one or more of the digits 0 to 9}
     *
     * @param text any text
     */
    public static boolean are(String text) {
        return !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    /**
     * {@return the number}
     *
     * @param text ASCII digits
     * @throws NumberFormatException if it is anything else, or larger than a long
     */
    public static long toLong(String text) {
        return Long.parseLong(checked(text));
    }

    /**
     * {@return the number}
     *
     * @param text ASCII digits
     * @throws NumberFormatException if it is anything else, or larger than an int
     */
    public static int toInt(String text) {
        return Integer.parseInt(checked(text));
    }

    /**
     * {@return the number}
     *
     * @param text ASCII digits, as many as there are
     * @throws NumberFormatException if it is anything else
     */
    public static BigInteger toBigInteger(String text) {
        return new BigInteger(checked(text));
    }

    private static String checked(String text) {
        if (!are(text)) {
            throw new NumberFormatException("expected decimal digits, found " + Quoted.of(text));
        }
        return text;
    }
}
