package io.streamkeeper.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HeapTargetTest {
    private static final long MIB = 1 << 20;

    @Test
    void aSmallHeapHasRoomForNewObjects() {
        assertThat(new HeapTarget(8 * MIB, 0).bytes()).isEqualTo(56 * MIB);
    }

    @Test
    void aLargeHeapHasRoomInProportion() {
        assertThat(new HeapTarget(700 * MIB, 384 * MIB).bytes() / MIB).isBetween(998L, 1_000L);
    }

    @Test
    void aHeapHasMoreThanTheQuarterOfItsInitialSizeBelowWhichG1IncreasesItByMuch() {
        assertThat(new HeapTarget(8 * MIB, 384 * MIB).bytes()).isEqualTo(108 * MIB);
    }

    @Test
    void aCollectionThatLeavesThePartThatIsToBeFreeLeavesAtMostTheTarget() {
        for (long live = 0; live < 4_096 * MIB; live += 3 * MIB) {
            HeapTarget target = new HeapTarget(live, 384 * MIB);
            assertThat(target.freePercent()).isBetween(10, 100);
            assertThat(live * 100 / (100 - target.freePercent())).isLessThanOrEqualTo(target.bytes());
        }
    }

    @Test
    void aHeapIsCollectedForItsSizeOnlyIfItIsHalfAsLargeAgainAsItsTarget() {
        HeapTarget target = new HeapTarget(8 * MIB, 0);

        assertThat(target.isExceededBy(84 * MIB)).isFalse();
        assertThat(target.isExceededBy(84 * MIB + 1)).isTrue();
    }
}
