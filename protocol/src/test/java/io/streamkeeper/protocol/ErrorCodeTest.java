package io.streamkeeper.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import org.junit.jupiter.api.Test;

class ErrorCodeTest {
    @Test
    void everyCodeIsItsNameInLowerCase() {
        for (ErrorCode code : ErrorCode.values()) {
            assertThat(code.code()).isEqualTo(code.name().toLowerCase(Locale.ROOT));
        }
    }

    @Test
    void everyStatusIsAnErrors() {
        for (ErrorCode code : ErrorCode.values()) {
            assertThat(code.status()).isBetween(400, 599);
        }
    }
}
