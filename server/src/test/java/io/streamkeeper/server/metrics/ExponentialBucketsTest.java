package io.streamkeeper.server.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class ExponentialBucketsTest {
    private static final long SECOND = 1_000_000_000;

    private final ExponentialBuckets seconds = ExponentialBuckets.of(1e-5, 10, 1e-9);

    private int index(long nanos) {
        int place = seconds.of(nanos);
        assertThat(place).isPositive();
        return seconds.firstIndex() + place - 1;
    }

    @Test
    void theUpperBoundOfABucketIsAPowerOfTheFourthRootOfTwo() {
        assertThat(index(SECOND)).isZero();
        assertThat(index(SECOND + 1)).isEqualTo(1);
        assertThat(index(2 * SECOND)).isEqualTo(4);
        assertThat(index(2 * SECOND + 1)).isEqualTo(5);
        assertThat(index(SECOND / 2)).isEqualTo(-4);
        assertThat(index(SECOND / 2 + 1)).isEqualTo(-3);
        // 2 to the power of 1/4 is 1.18920711500…
        assertThat(index(1_189_207_115)).isEqualTo(1);
        assertThat(index(1_189_207_116)).isEqualTo(2);
    }

    @Test
    void valuesUpToTheThresholdAreInTheZeroBucket() {
        assertThat(seconds.zeroThreshold()).isCloseTo(9.07e-6, Offset.offset(1e-8));
        assertThat(seconds.of(0)).isZero();
        assertThat(seconds.of(9_072)).isZero();
        assertThat(seconds.of(9_073)).isEqualTo(1);
        assertThat(seconds.of(10_000)).isEqualTo(1);
    }

    @Test
    void theLastBucketAlsoCountsLargerValues() {
        assertThat(seconds.of(Long.MAX_VALUE)).isEqualTo(seconds.count() - 1);
        assertThat(index(2_560 * SECOND)).isEqualTo(seconds.firstIndex() + seconds.count() - 2);
        assertThat(index(2_000 * SECOND)).isLessThan(seconds.firstIndex() + seconds.count() - 2);
    }

    @Test
    void aCountOfOneIsNotZero() {
        ExponentialBuckets records = ExponentialBuckets.of(1, 10_000, 1);

        assertThat(records.of(0)).isZero();
        assertThat(records.of(1)).isEqualTo(1);
        assertThat(records.firstIndex()).isZero();
        assertThat(records.of(2)).isEqualTo(5);
    }
}
