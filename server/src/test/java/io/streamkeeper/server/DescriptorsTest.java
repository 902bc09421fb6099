package io.streamkeeper.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Connections leave the store the descriptors that it needs. */
class DescriptorsTest {
    @Test
    void connectionsLeaveAReserve() {
        assertThat(new Descriptors(1_024, 60).connectionsMax(1, 0)).isEqualTo(1_024 - 60 - 128);
        assertThat(new Descriptors(1_048_576, 60).connectionsMax(4, 0)).isEqualTo(1_048_576 - 60 - 320);
    }

    @Test
    void whatIsKeptForAdministrationIsNotForClients() {
        assertThat(new Descriptors(1_048_576, 60).connectionsMax(4, 16)).isEqualTo(1_048_576 - 60 - 320 - 16);
    }

    @Test
    void whereThereAreFewTheReserveIsHalf() {
        assertThat(new Descriptors(120, 50).connectionsMax(1, 0)).isEqualTo(35);
        assertThat(new Descriptors(50, 50).connectionsMax(1, 0)).isEqualTo(1);
    }

    @Test
    void webhooksTakeAQuarterAtMost() {
        assertThat(new Descriptors(1_048_576, 60).webhooksMax(384)).isEqualTo(384);
        assertThat(new Descriptors(128, 48).webhooksMax(384)).isEqualTo(20);
        assertThat(new Descriptors(50, 50).webhooksMax(384)).isEqualTo(2);
    }

    @Test
    void aSystemThatNamesNoLimitHasNone() {
        assertThat(new Descriptors(Long.MAX_VALUE, 0).connectionsMax(1, 0)).isEqualTo(Integer.MAX_VALUE);
        assertThat(Descriptors.ofProcess().connectionsMax(1, 0)).isPositive();
    }
}
