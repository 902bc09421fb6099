package io.streamkeeper.server.setting;

import io.streamkeeper.protocol.Digits;
import java.util.concurrent.TimeUnit;

/** The unit of a number: its syntax, and its name in messages. */
public enum Unit {
    /** A number of things. */
    COUNT("COUNT", ""),
    /** A port. */
    PORT("PORT", ""),
    /** Bytes, written as {@code 64KiB}. */
    BYTES("SIZE", ""),
    /** Milliseconds, written as {@code 2s}. */
    MILLIS("TIME", " in ms"),
    /** Whole seconds, written as {@code 1m}. */
    SECONDS("TIME", " in seconds");

    private final String label;
    private final String suffix;

    Unit(String label, String suffix) {
        this.label = label;
        this.suffix = suffix;
    }

    String label() {
        return label;
    }

    /** The text after a setting's name in a message, before a number of this unit. */
    String suffix() {
        return suffix;
    }

    long parse(String written) {
        return switch (this) {
            case COUNT, PORT -> wholeNumber(written);
            case BYTES -> Sizes.parse(written);
            case MILLIS -> Durations.parse(written);
            case SECONDS -> TimeUnit.MILLISECONDS.toSeconds(Durations.parse(written));
        };
    }

    /** Returns the text of a number. */
    String text(long number) {
        return switch (this) {
            case COUNT, PORT -> Long.toString(number);
            case BYTES -> Sizes.text(number);
            case MILLIS -> Durations.text(number);
            case SECONDS -> Durations.text(TimeUnit.SECONDS.toMillis(number));
        };
    }

    /**
     * Parses a number in ASCII digits, optionally with a minus sign; the bounds of the setting refuse a negative
     * number.
     */
    private static long wholeNumber(String written) {
        boolean negative = written.startsWith("-");
        try {
            int number = Digits.toInt(negative ? written.substring(1) : written);
            return negative ? -number : number;
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("'" + written + "' is not a whole number; expected one such as 4", e);
        }
    }
}
