package io.streamkeeper.protocol;

import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Times as RFC 3339 has them, of the years 0 to 9999. */
public final class Rfc3339 {
    /** The last year of RFC 3339; with a time zone offset, a text may name a later one. */
    private static final int YEAR_MAX = 9999;

    private static final String LEAP = ":60";
    private static final int SECONDS_START = "2030-01-31T12:00".length();

    private Rfc3339() {}

    /**
     * {@return the milliseconds since 1970 UTC, smaller fractions left out; null if the text is not such a time}
     *
     * @param text any text
     */
    public static @Nullable Long millis(String text) {
        try {
            if (text.matches("\\d{4}-\\d\\d-\\d\\d[Tt]\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?([Zz]|[+-]\\d\\d:\\d\\d)")) {
                OffsetDateTime moment = utc(text);
                if (moment.getYear() >= 0 && moment.getYear() <= YEAR_MAX) {
                    return moment.toInstant().toEpochMilli();
                }
            }
        } catch (DateTimeParseException e) {
            // A date that does not exist is refused like a malformed one.
        }
        return null;
    }

    /** Reads a leap second, which clocks do not have, as the second after it (RFC 3339 section 5.7). */
    private static OffsetDateTime utc(String text) {
        String upper = text.toUpperCase(Locale.ROOT);
        if (!upper.startsWith(LEAP, SECONDS_START)) {
            return OffsetDateTime.parse(upper).withOffsetSameInstant(ZoneOffset.UTC);
        }
        String before = upper.substring(0, SECONDS_START) + ":59" + upper.substring(SECONDS_START + LEAP.length());
        OffsetDateTime next = OffsetDateTime.parse(before)
                .withOffsetSameInstant(ZoneOffset.UTC)
                .plusSeconds(1);
        if (next.getDayOfMonth() != 1 || next.toLocalTime().toSecondOfDay() != 0) {
            throw new DateTimeParseException("a leap second ends a month", text, SECONDS_START);
        }
        return next;
    }
}
