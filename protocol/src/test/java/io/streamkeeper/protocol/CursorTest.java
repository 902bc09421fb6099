package io.streamkeeper.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class CursorTest {
    private static final long NOW = Instant.parse("2024-10-10T00:00:19.999Z").toEpochMilli();

    @Test
    void intervalsAreCountedInTwentySecondsFromTheProtocolsEpoch() {
        assertThat(Cursor.interval(NOW)).isEqualTo(4_320);
        assertThat(Cursor.interval(NOW + 1)).isEqualTo(4_321);
        assertThat(Cursor.interval(Instant.parse("2024-10-09T00:00:00Z").toEpochMilli()))
                .isZero();
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(
            strings = {"0", "4319", "", "-5", "4320x", "x", "4320.5", " 4320", "00000000000000000000000000004319", "٤"})
    void whoHasNoCursorOfThisIntervalGetsTheInterval(String client) {
        assertThat(Cursor.next(NOW, client, new Random(1))).isEqualTo("4320");
    }

    @Test
    void whoComesBackWithinTheIntervalGetsAGreaterOneWithinAnHour() {
        Seeds.forEach(500, random -> {
            long client = 4_320L + random.nextInt(1_000);
            long next = Long.parseLong(Cursor.next(NOW, Long.toString(client), random));
            assertThat(next).isBetween(client + 1, client + 180);
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "999999999999999999",
                "1000000000000000000",
                "9223372036854775807",
                "99999999999999999999999999999999"
            })
    void aCursorIsExceededHoweverManyDigitsItHas(String client) {
        BigInteger next = new BigInteger(Cursor.next(NOW, client, new Random(1)));

        assertThat(next.subtract(new BigInteger(client))).isBetween(BigInteger.ONE, BigInteger.valueOf(180));
    }

    @Test
    void aCursorOfMoreThanThirtyTwoCharactersIsRefused() {
        assertThat(Cursor.check(null)).isNull();
        assertThat(Cursor.check("9".repeat(32))).isEqualTo("9".repeat(32));
        assertThat(Refusals.of(() -> Cursor.check("9".repeat(33))).code()).isEqualTo(ErrorCode.INVALID_PARAMETER);
    }

    @Test
    void theValueOfACursorPastALongIsTheLargest() {
        assertThat(Cursor.value("4320")).isEqualTo(4_320);
        assertThat(Cursor.value("9".repeat(32))).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void cursorsOnlyGrow() {
        Seeds.forEach(50, random -> {
            long now = NOW;
            String cursor = null;
            long last = -1;
            for (int i = 0; i < 100; i++) {
                now += random.nextInt(60_000) - 10_000;
                cursor = Cursor.next(now, cursor, random);
                assertThat(cursor).matches("[0-9]+");
                assertThat(Long.parseLong(cursor)).isGreaterThan(last);
                last = Long.parseLong(cursor);
            }
        });
    }

    @Test
    void aClockBeforeTheEpochGivesDigitsToo() {
        assertThat(Cursor.next(0, null, new Random(1))).matches("[0-9]+");
    }
}
