package io.streamkeeper.server.metrics;

import java.util.stream.IntStream;

/**
 * The buckets of a native histogram of Prometheus: the upper bound of the bucket with index {@code i} is 2 to the power
 * of {@code i / 4}, in the displayed unit, so a quantile is exact to a tenth. The first place is the zero bucket, for
 * values up to a threshold; the last one also counts the values above its bound. Immutable.
 */
final class ExponentialBuckets {
    /** The resolution, as Prometheus names it: 2 to the power of this number of buckets between powers of 2. */
    static final int SCHEMA = 2;

    private static final double BUCKETS_OF_OCTAVE = 1 << SCHEMA;

    /** How much larger than the last bound of the classic buckets the last bound is. */
    private static final int MORE_THAN_CLASSIC = 256;

    /** More than the errors of the calculation of a bound, so that one which is a whole number stays that number. */
    private static final double ROUNDING = 1e-12;

    private final int zeroIndex;

    /** Rounded down; small ones are equal where no whole number is between them. */
    private final long[] bounds;

    private ExponentialBuckets(int zeroIndex, long[] bounds) {
        this.zeroIndex = zeroIndex;
        this.bounds = bounds;
    }

    /** Returns buckets for displayed values from {@code first} on, and beyond {@code last} for rare ones. */
    static ExponentialBuckets of(double first, double last, double scale) {
        int zeroIndex = index(first) - 1;
        int lastIndex = index(last * MORE_THAN_CLASSIC);
        return new ExponentialBuckets(
                zeroIndex,
                IntStream.rangeClosed(zeroIndex, lastIndex)
                        .mapToLong(index -> (long) (bound(index) / scale * (1 + ROUNDING)))
                        .toArray());
    }

    private static int index(double value) {
        return (int) Math.ceil(Math.log(value) / Math.log(2) * BUCKETS_OF_OCTAVE);
    }

    private static double bound(int index) {
        return Math.pow(2, index / BUCKETS_OF_OCTAVE);
    }

    /** The number of places: one for the zero bucket, and one for each other bucket. */
    int count() {
        return bounds.length;
    }

    /** The place of a value that is not displayed yet: the first whose bound is not smaller. */
    int of(long value) {
        int first = 0;
        int last = bounds.length - 1;
        while (first < last) {
            int middle = (first + last) >>> 1;
            if (bounds[middle] < value) {
                first = middle + 1;
            } else {
                last = middle;
            }
        }
        return first;
    }

    /** The largest displayed value in the zero bucket. */
    double zeroThreshold() {
        return bound(zeroIndex);
    }

    /** The index of the bucket in the second place. */
    int firstIndex() {
        return zeroIndex + 1;
    }
}
