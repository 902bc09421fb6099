package io.streamkeeper.cluster.store;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FramePaceTest {
    private static final long MICROS = 1_000;
    private static final long NEVER = Long.MAX_VALUE;

    private final FramePace pace = new FramePace();
    private long now = 1_000_000_000;

    /** A frame that takes 800 microseconds. */
    private void frame(int records) {
        pace.proposed(records, now);
        now += 800 * MICROS;
        pace.delivered(now);
    }

    private long wait(int records) {
        return pace.nanosToWait(records, now);
    }

    @Test
    void nothingIsDueWithoutRecords() {
        assertThat(wait(0)).isEqualTo(NEVER);
    }

    @Test
    void oneWriterNeverWaits() {
        for (int each = 0; each < 100; each++) {
            assertThat(wait(1)).isZero();
            frame(1);
        }
    }

    @Test
    void recordsWaitForTheWritersOfTheLastFrame() {
        for (int each = 0; each < 20; each++) {
            frame(64);
        }
        assertThat(wait(10)).isBetween(300 * MICROS, 400 * MICROS);
        assertThat(wait(48)).isZero();
    }

    @Test
    void recordsWaitNoLongerThanHalfOfAFrameAfterTheLastDelivery() {
        for (int each = 0; each < 20; each++) {
            frame(64);
        }
        now += 400 * MICROS;
        assertThat(wait(1)).isZero();
    }

    @Test
    void recordsDoNotWaitLongForSlowFrames() {
        for (int each = 0; each < 20; each++) {
            pace.proposed(64, now);
            now += 1_000_000 * MICROS;
            pace.delivered(now);
        }
        assertThat(wait(1)).isEqualTo(FramePace.WAIT_NANOS_MAX);
    }

    @Test
    void aSecondFrameIsAsFullAsTheLastOnes() {
        frame(64);
        pace.proposed(64, now);
        assertThat(wait(47)).isEqualTo(NEVER);
        assertThat(wait(48)).isZero();
    }

    @Test
    void noThirdFrameIsUnderWay() {
        pace.proposed(1, now);
        pace.proposed(1, now);
        assertThat(pace.hasRoom()).isFalse();
        assertThat(wait(1_000)).isEqualTo(NEVER);
        pace.delivered(now);
        assertThat(wait(1_000)).isZero();
    }

    @Test
    void fewRecordsAreExpectedSoonAfterAnEndOfTheLoad() {
        frame(1_000);
        int frames = 0;
        while (wait(1) > 0) {
            frame(1);
            frames++;
        }
        assertThat(frames).isBetween(10, 30);
    }

    @Test
    void aNewEpochExpectsNothing() {
        frame(64);
        pace.proposed(64, now);
        pace.proposed(64, now);
        pace.reset();
        assertThat(wait(1)).isZero();
    }
}
