package io.streamkeeper.server.http.respond;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HttpDateTest {
    private static final long YEAR_9999_SECONDS = 253_402_300_799L;

    @Test
    void theExampleOfTheStandardIsWrittenAsThere() {
        assertThat(field(784_111_777)).isEqualTo("Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n");
    }

    @Test
    void everyDateIsTheOneOfTheLibrary() {
        DateTimeFormatter expected = DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
                .withZone(ZoneOffset.UTC);
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 10_000; i++) {
            long second = (long) (random.nextDouble() * YEAR_9999_SECONDS);
            assertThat(field(second))
                    .as("seed %d, second %d", seed, second)
                    .isEqualTo("Date: " + expected.format(Instant.ofEpochSecond(second)) + "\r\n");
        }
    }

    @Test
    void theFieldIsWrittenOnceASecond() {
        HttpDate date = new HttpDate();
        byte[] first = date.field(1_000);
        assertThat(date.field(1_999)).isSameAs(first);
        assertThat(date.field(2_000)).isNotEqualTo(first);
    }

    private static String field(long second) {
        return new String(new HttpDate().field(second * 1000), StandardCharsets.US_ASCII);
    }
}
