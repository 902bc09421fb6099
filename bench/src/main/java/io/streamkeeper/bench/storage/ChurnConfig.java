package io.streamkeeper.bench.storage;

/**
 * How streams come and go.
 *
 * @param liveBytes what they have together, about
 * @param appendBytes bytes of an append
 * @param appendsMin the fewest appends of a stream's life
 * @param appendsMax the most; all between are equally likely
 * @param readEvery one visit in so many reads the stream from its beginning instead; 0 for none
 * @param expiringPercent how many expire, instead of being deleted
 * @param ttlSeconds after which these expire
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
            throw new IllegalArgumentException("a stream has " + appendsMin + " to " + appendsMax
                    + " appends; expected at least 1, and no more at least than at most");
        }
        if (appendBytes < 1 || readEvery < 0 || ttlSeconds < 1 || expiringPercent < 0 || expiringPercent > 100) {
            throw new IllegalArgumentException("a size, count, percentage or time of the churn is out of range");
        }
    }

    /** The usual churn, beside something else. */
    public static ChurnConfig beside(long liveBytes) {
        return new ChurnConfig(liveBytes, 1024, 12, 60, 20, 0, 2);
    }

    /**
     * How many streams live at a time. A stream that lives long is met more often, so that the mean over those that live
     * is E[n²] / 2E[n] appends, for n appends in a life.
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
