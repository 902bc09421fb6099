package io.streamkeeper.server.http.respond;

import java.time.LocalDateTime;
import java.time.ZoneOffset;

/**
 * The {@code Date} field of the current second (RFC 9110, section 5.6.7). Written without a formatter, which would load
 * the texts of a locale at each start. Owned by one loop.
 */
final class HttpDate {
    private static final String DAYS = "MonTueWedThuFriSatSun";
    private static final String MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec";
    private static final int NAME_LENGTH = 3;

    private long second = -1;
    private byte[] field = {};

    /** The whole field with its line end. */
    byte[] field(long nowMillis) {
        long nowSecond = nowMillis / 1000;
        if (nowSecond != second) {
            second = nowSecond;
            field = ResponseField.DATE.is(text(LocalDateTime.ofEpochSecond(nowSecond, 0, ZoneOffset.UTC)));
        }
        return field;
    }

    private static String text(LocalDateTime time) {
        StringBuilder text = new StringBuilder();
        appendName(DAYS, time.getDayOfWeek().getValue(), text);
        text.append(',');
        appendNumber(' ', time.getDayOfMonth(), text);
        text.append(' ');
        appendName(MONTHS, time.getMonthValue(), text);
        text.append(' ').append(time.getYear());
        appendNumber(' ', time.getHour(), text);
        appendNumber(':', time.getMinute(), text);
        appendNumber(':', time.getSecond(), text);
        return text.append(" GMT").toString();
    }

    private static void appendName(String names, int number, StringBuilder text) {
        text.append(names, (number - 1) * NAME_LENGTH, number * NAME_LENGTH);
    }

    private static void appendNumber(char before, int number, StringBuilder text) {
        text.append(before).append((char) ('0' + number / 10)).append((char) ('0' + number % 10));
    }
}
