package io.streamkeeper.server.subscription.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryAfterTest {
    private static final long NOW = Instant.parse("2026-05-09T10:00:00Z").toEpochMilli();

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "1, 1000",
        "300, 300000",
        "301, 300000",
        "999999999999999999999999, 300000",
        "'', 0",
        "-1, 0",
        "+5, 0",
        "1.5, 0",
        "soon, 0",
        "٣, 0",
        "'Sat, 09 May 2026 10:00:07 GMT', 7000",
        "'Sun, 09 May 2026 10:00:07 GMT', 0",
        "'Sat, 09 May 2026 09:59:00 GMT', 0",
        "'Sat, 09 May 2099 09:59:00 GMT', 300000",
        "'Sat, 99 May 2026 09:59:00 GMT', 0"
    })
    void secondsAndDatesAreBounded(String value, long millis) {
        assertThat(RetryAfter.millis(value, NOW)).isEqualTo(millis);
        assertThat(RetryAfter.millis(null, NOW)).isZero();
    }
}
