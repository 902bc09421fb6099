package io.streamkeeper.server.setting;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The text form of durations: {@code 500ms}, {@code 2s}, {@code 0.5s}, {@code 1m}, {@code 7d}, or seconds without a
 * unit.
 */
public final class Durations {
    private static final Pattern TEXT = Pattern.compile("(\\d{1,12}(?:\\.\\d{1,6})?)(ms|s|m|h|d)?");
    private static final Map<String, Long> MILLIS =
            Map.of("ms", 1L, "s", 1_000L, "m", 60_000L, "h", 3_600_000L, "d", 86_400_000L);

    private Durations() {}

    /**
     * {@return the duration in milliseconds}
     *
     * @param written the text, see above
     * @throws IllegalArgumentException if it is not a duration
     */
    public static long parse(String written) {
        Matcher matcher = TEXT.matcher(written.strip());
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "'" + written + "' is not a duration; expected one such as 500ms, 2s or 1m");
        }
        String unit = matcher.group(2) == null ? "s" : matcher.group(2);
        return new BigDecimal(matcher.group(1))
                .multiply(BigDecimal.valueOf(MILLIS.getOrDefault(unit, 1L)))
                .setScale(0, RoundingMode.HALF_UP)
                .longValueExact();
    }

    /** Returns the text of a duration, in the largest unit that divides it. */
    static String text(long millis) {
        for (String unit : new String[] {"d", "h", "m", "s"}) {
            long unitMillis = MILLIS.getOrDefault(unit, 1L);
            if (millis != 0 && millis % unitMillis == 0) {
                return millis / unitMillis + unit;
            }
        }
        return millis == 0 ? "0" : millis + "ms";
    }
}
