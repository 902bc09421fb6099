package io.streamkeeper.server.setting;

import io.streamkeeper.protocol.Digits;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The text form of sizes: {@code 64KiB}, {@code 8MB}, or bytes without a unit. */
public final class Sizes {
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

    private Sizes() {}

    /**
     * {@return the size in bytes}
     *
     * @param written the text, see above
     * @throws IllegalArgumentException if it is not a size
     */
    public static long parse(String written) {
        Matcher matcher = TEXT.matcher(written.strip());
        if (!matcher.matches()) {
            throw notASize(written);
        }
        String unit = matcher.group(2) == null ? "b" : matcher.group(2).toLowerCase(Locale.ROOT);
        try {
            return Math.multiplyExact(Digits.toLong(matcher.group(1)), BYTES.getOrDefault(unit, 1L));
        } catch (ArithmeticException e) {
            throw notASize(written);
        }
    }

    /** Returns the text of a size, in the largest unit that divides it. */
    static String text(long bytes) {
        String[] units = {"TiB", "GiB", "MiB", "KiB"};
        for (int i = 0; i < units.length; i++) {
            long unit = 1L << (10 * (units.length - i));
            if (bytes != 0 && bytes % unit == 0) {
                return bytes / unit + units[i];
            }
        }
        return Long.toString(bytes);
    }

    private static IllegalArgumentException notASize(String written) {
        return new IllegalArgumentException("'" + written + "' is not a size; expected one such as 64KiB, 8MB or 4096");
    }
}
