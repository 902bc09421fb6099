package io.streamkeeper.server.cli;

import io.streamkeeper.protocol.Digits;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a size, such as {@code 64KiB}, {@code 8MB}, or plain bytes; gives bytes. */
public final class Sizes implements ITypeConverter<Long> {
    private static final Pattern TEXT = Pattern.compile("(\\d{1,15})\\s*([kmgt]i?b|b)?", Pattern.CASE_INSENSITIVE);
    private static final Map<String, Long> BYTES = Map.of(
            "b",
            1L,
            "kb",
            1_000L,
            "mb",
            1_000_000L,
            "gb",
            1_000_000_000L,
            "tb",
            1_000_000_000_000L,
            "kib",
            1L << 10,
            "mib",
            1L << 20,
            "gib",
            1L << 30,
            "tib",
            1L << 40);

    @Override
    public Long convert(String text) {
        Matcher matcher = TEXT.matcher(text.strip());
        if (!matcher.matches()) {
            throw notASize(text);
        }
        String unit = matcher.group(2) == null ? "b" : matcher.group(2).toLowerCase(Locale.ROOT);
        try {
            return Math.multiplyExact(Digits.toLong(matcher.group(1)), BYTES.getOrDefault(unit, 1L));
        } catch (ArithmeticException e) {
            throw notASize(text);
        }
    }

    /** The same as an int, which the largest size of {@code flag} fits. */
    static int toInt(String flag, long bytes) {
        if (bytes > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(flag + " is " + bytes + "; expected at most " + Integer.MAX_VALUE);
        }
        return (int) bytes;
    }

    private static TypeConversionException notASize(String text) {
        return new TypeConversionException("'" + text + "' is not a size; expected one such as 64KiB, 8MB or 4096");
    }
}
