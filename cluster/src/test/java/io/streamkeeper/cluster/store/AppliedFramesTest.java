package io.streamkeeper.cluster.store;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AppliedFramesTest {
    @Test
    void aStartReadsFromTheFrameOfTheFirstRecordThatItNeeds() {
        AppliedFrames frames = new AppliedFrames(10, 7);
        frames.add(11, 15, 8, 9);
        frames.add(16, 16, 10, 10);
        frames.add(17, 30, 20, 24);
        assertThat(frames.startAfter(10)).isEqualTo(8);
        assertThat(frames.startAfter(12)).isEqualTo(8);
        assertThat(frames.startAfter(15)).isEqualTo(10);
        assertThat(frames.startAfter(16)).isEqualTo(20);
        assertThat(frames.startAfter(29)).isEqualTo(20);
        assertThat(frames.startAfter(30)).isEqualTo(25);
    }

    @Test
    void withoutRecordsAStartReadsNothingBeforeItsPlace() {
        assertThat(new AppliedFrames(10, 7).startAfter(10)).isEqualTo(7);
    }

    @Test
    void whatIsReleasedIsNotNeeded() {
        AppliedFrames frames = new AppliedFrames(0, 0);
        frames.add(1, 4, 1, 1);
        frames.add(5, 9, 2, 2);
        frames.release(6);
        assertThat(frames.startAfter(6)).isEqualTo(2);
        frames.release(9);
        assertThat(frames.startAfter(9)).isEqualTo(3);
        frames.add(10, 10, 7, 8);
        assertThat(frames.startAfter(9)).isEqualTo(7);
    }

    @Test
    void aStartReadsALittleMoreWhenThereAreManyFrames() {
        AppliedFrames frames = new AppliedFrames(0, 1);
        int count = 100_000;
        for (int each = 1; each <= count; each++) {
            frames.add(each, each, each, each);
        }
        for (int lsn = 0; lsn < count; lsn += 997) {
            assertThat(frames.startAfter(lsn)).isBetween(Math.max(1L, lsn - 100L), lsn + 1L);
        }
    }
}
