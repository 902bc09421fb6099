package io.streamkeeper.bench.storage;

/**
 * The parameters of a {@link ChurnWorkload}.
 *
 * @param liveBytes approximate bytes of all live streams
 * @param appendBytes bytes of an append
 * @param appendsMin the fewest appends to a stream
 * @param appendsMax the most appends to a stream; all counts between are equally likely
 * @param readEvery one in this many requests reads the stream from its beginning instead of an append; 0 for none
 * @param expiringPercent percentage of streams that expire instead of being deleted
 * @param ttlSeconds the time to live of expiring streams
 */
public record ChurnConfig(
        long liveBytes,
        int appendBytes,
        int appendsMin,
        int appendsMax,
        int readEvery,
        int expiringPercent,
        int ttlSeconds) {
    public ChurnConfig {
        if (appendsMin < 1 || appendsMax < appendsMin) {
            throw new IllegalArgumentException("--appends-min is " + appendsMin + " and --appends-max " + appendsMax
                    + "; expected at least 1, and a maximum that is not less than the minimum");
        }
        if (appendBytes < 1 || readEvery < 0 || ttlSeconds < 1 || expiringPercent < 0 || expiringPercent > 100) {
            throw new IllegalArgumentException("--append-bytes is " + appendBytes + ", --read-every " + readEvery
                    + ", --ttl " + ttlSeconds + ", --expiring-percent " + expiringPercent
                    + "; expected at least 1, 0 and 1, and 0 to 100");
        }
    }

    /** A churn in the background of another workload. */
    public static ChurnConfig background(long liveBytes) {
        return new ChurnConfig(liveBytes, 1024, 12, 60, 20, 0, 2);
    }

    /**
     * The number of concurrent streams. A stream that lives longer is more likely to be among the live ones, so that a
     * live stream has E[n²] / 2E[n] appends on average, for n appends in a whole life.
     */
    public int slots() {
        double sum = 0;
        double squares = 0;
        for (int appends = appendsMin; appends <= appendsMax; appends++) {
            sum += appends;
            squares += (double) appends * appends;
        }
        return (int) Math.max(1, liveBytes / (appendBytes * squares / (2 * sum)));
    }
}
