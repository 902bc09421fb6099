package io.streamkeeper.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class HttpLimitsTest {
    @Test
    void theDefaultsAreValid() {
        HttpLimits limits = HttpLimits.defaults();

        assertThat(limits.requestLineBytesMax()).isEqualTo(8192);
        assertThat(limits.headerBytesMax()).isEqualTo(32768);
        assertThat(limits.bodyBytesMax()).isZero();
        assertThat(limits.inFlightRequestsMax()).isEqualTo(64);
    }

    @Test
    void aValueOutOfRangeIsNamedWithTheRange() {
        assertThatThrownBy(() -> new HttpLimits(63, 1024, 1, 1, 1, 1, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("max-request-line is 63; expected 64 to 1048576");
        assertThatThrownBy(() -> new HttpLimits(64, 2 << 20, 1, 1, 1, 1, 1))
                .hasMessage("max-headers is 2097152; expected 64 to 1048576");
        assertThatThrownBy(() -> new HttpLimits(64, 64, -1, 1, 1, 1, 1))
                .hasMessage("max-body is -1; expected 0 to 1073741824");
        assertThatThrownBy(() -> new HttpLimits(64, 64, 1, -1, 1, 1, 1))
                .hasMessage("max-in-flight is -1; expected 1 to 65536");
        assertThatThrownBy(() -> new HttpLimits(64, 64, 1, 1, 0, 1, 1))
                .hasMessage("header-timeout in ms is 0; expected 1 to 86400000");
        assertThatThrownBy(() -> new HttpLimits(64, 64, 1, 1, 1, 0, 1))
                .hasMessage("body-timeout in ms is 0; expected 1 to 86400000");
        assertThatThrownBy(() -> new HttpLimits(64, 64, 1, 1, 1, 1, 86_400_001))
                .hasMessage("idle-timeout in ms is 86400001; expected 1 to 86400000");
    }
}
