package io.streamkeeper.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DigitsTest {

    @Test
    void asciiDigitsAreANumber() {
        assertThat(Digits.toInt("0042")).isEqualTo(42);
        assertThat(Digits.toLong("9223372036854775807")).isEqualTo(Long.MAX_VALUE);
        assertThat(Digits.toBigInteger("9223372036854775808"))
                .isEqualTo(BigInteger.valueOf(Long.MAX_VALUE).add(BigInteger.ONE));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "+1", " 1", "1_0", "0x1", "\u0661\u0662", "1\u0662", "\uff11"})
    void anythingElseIsNone(String text) {
        assertThat(Digits.are(text)).isFalse();
        assertThatThrownBy(() -> Digits.toInt(text)).isInstanceOf(NumberFormatException.class);
        assertThatThrownBy(() -> Digits.toLong(text)).isInstanceOf(NumberFormatException.class);
        assertThatThrownBy(() -> Digits.toBigInteger(text)).isInstanceOf(NumberFormatException.class);
    }

    @Test
    void aNumberThatDoesNotFitIsRefused() {
        assertThatThrownBy(() -> Digits.toInt("2147483648")).isInstanceOf(NumberFormatException.class);
        assertThatThrownBy(() -> Digits.toLong("9223372036854775808")).isInstanceOf(NumberFormatException.class);
    }
}
