package io.streamkeeper.bench.storage;

/** The parameters of {@link LatencyRun}; a {@code churnRate} of 0 means no churn. */
public record LatencyConfig(
        double rate,
        int seconds,
        int warmUpSeconds,
        int streams,
        int connections,
        int appendBytes,
        double churnRate,
        long churnLiveBytes) {
    public LatencyConfig {
        if (!(rate > 0) || !(churnRate >= 0)) {
            throw new IllegalArgumentException(
                    "--rate is " + rate + " and --churn-rate " + churnRate + "; expected more than 0, and 0 or more");
        }
        if (seconds < 1 || warmUpSeconds < 1 || streams < 1 || appendBytes < 1) {
            throw new IllegalArgumentException("a count, size or time is less than 1; expected at least 1");
        }
    }
}
