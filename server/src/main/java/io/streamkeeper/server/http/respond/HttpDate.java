package io.streamkeeper.server.http.respond;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** The {@code Date} field of the current second. Owned by one loop. */
final class HttpDate {
    private static final DateTimeFormatter FORMAT = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private long second = -1;
    private byte[] field = {};

    /** The whole field with its line end. */
    byte[] field(long nowMillis) {
        long nowSecond = nowMillis / 1000;
        if (nowSecond != second) {
            second = nowSecond;
            field = ResponseField.DATE.is(FORMAT.format(Instant.ofEpochSecond(nowSecond)));
        }
        return field;
    }
}
