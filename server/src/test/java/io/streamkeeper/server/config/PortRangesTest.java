package io.streamkeeper.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PortRangesTest {
    @Test
    void aRangeHasItsFirstAndItsLastPort() {
        PortRanges ports = PortRanges.parse("443,8000-8002");

        assertThat(ports.contains(443)).isTrue();
        assertThat(ports.contains(444)).isFalse();
        assertThat(ports.contains(7_999)).isFalse();
        assertThat(ports.contains(8_000)).isTrue();
        assertThat(ports.contains(8_002)).isTrue();
        assertThat(ports.contains(8_003)).isFalse();
        assertThat(ports).hasToString("443,8000-8002");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "65536", "443,", "8002-8000", "a", "-1", "1-", "+1", "99999999999", "80 81"})
    void whatIsNoPortIsQuoted(String list) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PortRanges.parse(list))
                .withMessageMatching("'.*' is not a port or a range of ports from 1 to 65535; expected such as .*");
    }
}
