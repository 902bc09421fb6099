package io.streamkeeper.server.cli;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a duration, such as {@code 500ms}, {@code 2s}, {@code 0.5s}, {@code 1m}, or plain seconds; gives milliseconds. */
final class Durations implements ITypeConverter<Long> {
    private static final Pattern TEXT = Pattern.compile("(\\d{1,12}(?:\\.\\d{1,6})?)(ms|s|m|h|d)?");
    private static final Map<String, Long> MILLIS =
            Map.of("ms", 1L, "s", 1_000L, "m", 60_000L, "h", 3_600_000L, "d", 86_400_000L);

    @Override
    public Long convert(String text) {
        Matcher matcher = TEXT.matcher(text.strip());
        if (!matcher.matches()) {
            throw new TypeConversionException("'" + text + "' is not a duration; expected one such as 500ms, 2s or 1m");
        }
        String unit = matcher.group(2) == null ? "s" : matcher.group(2);
        return new BigDecimal(matcher.group(1))
                .multiply(BigDecimal.valueOf(MILLIS.getOrDefault(unit, 1L)))
                .setScale(0, RoundingMode.HALF_UP)
                .longValueExact();
    }
}
