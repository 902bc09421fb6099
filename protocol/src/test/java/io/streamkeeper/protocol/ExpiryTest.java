package io.streamkeeper.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExpiryTest {
    @Test
    void withoutHeadersAStreamStays() {
        assertThat(Expiry.parse(null, null)).isEqualTo(Expiry.never());
        assertThat(Expiry.never().deadlineMillis(5)).isEqualTo(Long.MAX_VALUE);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 3600, 31_536_000, 999_999_999_999_999L})
    void ttlIsAWholeNumberOfSeconds(long seconds) {
        assertThat(Expiry.parse(Long.toString(seconds), null)).isEqualTo(new Expiry.Ttl(seconds));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " 1",
                "1 ",
                "+1",
                "-1",
                "-0",
                "00",
                "01",
                "1.0",
                "1.5",
                "1e3",
                "0x10",
                "1_000",
                "abc",
                "٣",
                "1000000000000000",
                "99999999999999999999",
            })
    void anyOtherTtlIsRefused(String ttl) {
        Refusal refusal = Refusals.of(() -> Expiry.parse(ttl, null));
        assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_HEADER);
        assertThat(refusal.message()).startsWith("Stream-TTL is " + Quoted.of(ttl));
    }

    @ParameterizedTest
    @CsvSource({
        "2030-01-31T12:00:00Z, 2030-01-31T12:00:00Z",
        "2030-01-31t12:00:00z, 2030-01-31T12:00:00Z",
        "2030-01-31T12:00:00.5Z, 2030-01-31T12:00:00.500Z",
        "2030-01-31T12:00:00.123456789Z, 2030-01-31T12:00:00.123Z",
        "2030-01-31T12:00:00+02:00, 2030-01-31T10:00:00Z",
        "2030-01-31T12:00:00-05:30, 2030-01-31T17:30:00Z",
        "2030-01-31T12:00:00+00:00, 2030-01-31T12:00:00Z",
        "2030-01-31T12:00:00-00:00, 2030-01-31T12:00:00Z",
        "2028-02-29T00:00:00Z, 2028-02-29T00:00:00Z",
        "1999-12-31T23:59:59Z, 1999-12-31T23:59:59Z",
        "9999-12-31T23:59:59.999Z, 9999-12-31T23:59:59.999Z",
    })
    void aMomentIsReadAsRfc3339HasIt(String text, String utc) {
        assertThat(Expiry.parse(null, text))
                .isEqualTo(new Expiry.At(Instant.parse(utc).toEpochMilli()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "tomorrow",
                "1893456000",
                "2030-01-31",
                "2030-01-31T12:00:00",
                "2030-01-31T12:00Z",
                "2030-01-31 12:00:00Z",
                "2030-1-31T12:00:00Z",
                "2030-01-31T12:00:00.Z",
                "2030-01-31T12:00:00.1234567890Z",
                "2030-01-31T12:00:00,5Z",
                "2030-01-31T12:00:00+0200",
                "2030-01-31T12:00:00+02",
                "2030-01-31T12:00:00+19:00",
                "2030-01-31T12:00:00 +02:00",
                "2030-02-30T12:00:00Z",
                "2029-02-29T00:00:00Z",
                "2030-13-01T00:00:00Z",
                "2030-00-01T00:00:00Z",
                "2030-01-00T00:00:00Z",
                "2030-01-31T24:00:00Z",
                "2030-01-31T12:60:00Z",
                "2030-01-31T12:00:61Z",
                "+12030-01-31T12:00:00Z",
                "-2030-01-31T12:00:00Z",
                "2030-01-31T12:00:00Z ",
                "２030-01-31T12:00:00Z",
                "2030-01-31T12:00:00Z[UTC]",
                "2030-01-30T23:59:60Z",
                "2030-01-31T12:00:60Z",
                "2030-01-31T23:59:60+01:00",
                "2030-01-31T23:59:61Z",
                "9999-12-31T23:59:60Z",
            })
    void anyOtherMomentIsRefused(String text) {
        Refusal refusal = Refusals.of(() -> Expiry.parse(null, text));
        assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_HEADER);
        assertThat(refusal.message()).startsWith("Stream-Expires-At is " + Quoted.of(text));
    }

    @ParameterizedTest
    @CsvSource({
        "0000-01-01T00:00:00Z, 0000-01-01T00:00:00.000Z",
        "9999-12-31T23:59:59.999Z, 9999-12-31T23:59:59.999Z",
        "2030-01-31T12:00:00.1-00:30, 2030-01-31T12:30:00.100Z",
        "1990-12-31T23:59:60Z, 1991-01-01T00:00:00.000Z",
        "1990-12-31T15:59:60.5-08:00, 1991-01-01T00:00:00.500Z",
    })
    void textOfAMomentIsReadBack(String text, String utc) {
        Expiry.At at = (Expiry.At) Expiry.parse(null, text);
        assertThat(at.text()).isEqualTo(utc);
        assertThat(Expiry.parse(null, at.text())).isEqualTo(at);
    }

    @ParameterizedTest
    @ValueSource(strings = {"9999-12-31T23:59:59-00:01", "0000-01-01T00:00:00+00:01"})
    void aMomentWhoseYearInUtcHasNotFourDigitsIsRefused(String text) {
        assertThat(Refusals.of(() -> Expiry.parse(null, text)).code()).isEqualTo(ErrorCode.INVALID_HEADER);
    }

    @Test
    void bothHeadersTogetherAreRefused() {
        Refusal refusal = Refusals.of(() -> Expiry.parse("60", "2030-01-31T12:00:00Z"));
        assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_HEADER);
        assertThat(refusal.message()).contains("both sent");
    }

    @Test
    void aTtlEndsAfterTheLastUseAndAMomentWhenItIs() {
        assertThat(new Expiry.Ttl(60).deadlineMillis(1_000)).isEqualTo(61_000);
        assertThat(new Expiry.Ttl(0).deadlineMillis(1_000)).isEqualTo(1_000);
        assertThat(new Expiry.At(42).deadlineMillis(1_000)).isEqualTo(42);
    }

    @Test
    void aTtlPastTheEndOfTimeNeverEnds() {
        assertThat(new Expiry.Ttl(999_999_999_999_999L).deadlineMillis(Long.MAX_VALUE - 1_000))
                .isEqualTo(Long.MAX_VALUE);
        assertThat(new Expiry.Ttl(Long.MAX_VALUE).deadlineMillis(1)).isEqualTo(Long.MAX_VALUE);
        assertThat(new Expiry.Ttl(999_999_999_999_999L).deadlineMillis(1)).isEqualTo(999_999_999_999_999_001L);
    }

    @Test
    void momentsThatAreTheSameAreEqualAndReadAlike() {
        Expiry here = Expiry.parse(null, "2030-01-31T12:00:00+02:00");
        assertThat(here).isEqualTo(Expiry.parse(null, "2030-01-31T10:00:00Z"));
        assertThat(((Expiry.At) here).text()).isEqualTo("2030-01-31T10:00:00.000Z");
    }
}
