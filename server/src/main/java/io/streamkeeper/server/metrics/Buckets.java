package io.streamkeeper.server.metrics;

import java.util.Arrays;
import java.util.stream.LongStream;

/**
 * The upper bounds of a histogram's classic buckets: 1, 2 and 5 times the powers of ten, so that their number is small
 * and fixed, and recording a value allocates nothing. Values are whole numbers; a displayed value is {@code scale} times
 * as large. Immutable.
 */
final class Buckets {
    private static final long[] STEPS = {1, 2, 5};

    private final long[] bounds;
    private final double scale;
    private final ExponentialBuckets exponential;

    private Buckets(long[] bounds, double scale) {
        this.bounds = bounds;
        this.scale = scale;
        this.exponential = ExponentialBuckets.of(shown(bounds[0]), shown(bounds[bounds.length - 1]), scale);
    }

    /** Returns the bounds from {@code first}, a power of ten, to {@code last}. */
    static Buckets of(long first, long last, double scale) {
        long[] bounds = LongStream.iterate(first, power -> power <= last, power -> power * 10)
                .flatMap(power -> Arrays.stream(STEPS).map(step -> step * power))
                .filter(bound -> bound <= last)
                .toArray();
        return new Buckets(bounds, scale);
    }

    /** The number of buckets: one for each bound, and one for values above the last bound. */
    int count() {
        return bounds.length + 1;
    }

    /** The bucket of a value: the first whose bound is not smaller. */
    int of(long value) {
        int at = Arrays.binarySearch(bounds, value);
        return at >= 0 ? at : -at - 1;
    }

    /** The displayed bound of a bucket; infinite for the last one. */
    double bound(int bucket) {
        return bucket == bounds.length ? Double.POSITIVE_INFINITY : shown(bounds[bucket]);
    }

    /** The exponential buckets of the same histogram. */
    ExponentialBuckets exponential() {
        return exponential;
    }

    /** Returns the displayed form of a value or of a sum of values. */
    double shown(long value) {
        return value * scale;
    }
}
