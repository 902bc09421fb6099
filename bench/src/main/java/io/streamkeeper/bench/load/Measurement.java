package io.streamkeeper.bench.load;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/**
 * The result of a run: the number of responses by status, their latencies and, optionally, the latencies of each time
 * window. Owned by the run's loop until the end of the run.
 */
public final class Measurement {
    private static final int DIGITS = 3;
    private static final int WINDOW_DIGITS = 2;
    private static final int STATUS_MAX = 1000;

    private final Histogram latencies = new Histogram(DIGITS);
    private final long windowNanos;
    private final List<Histogram> windows = new ArrayList<>();
    private final long[] counts = new long[STATUS_MAX];
    private Progress progress = Progress.NONE;
    private long receivedBytes;
    private long startNanos;
    private long endNanos;

    private Measurement(long windowNanos) {
        this.windowNanos = windowNanos;
    }

    public static Measurement whole() {
        return new Measurement(Long.MAX_VALUE);
    }

    /** Also records the latencies of each window of {@code windowNanos}. */
    public static Measurement inWindows(long windowNanos) {
        return new Measurement(windowNanos);
    }

    /** Reports the result so far every second, on the run's loop. */
    public Measurement reportTo(Progress newProgress) {
        progress = newProgress;
        return this;
    }

    Progress progress() {
        return progress;
    }

    public void begin(long nowNanos) {
        startNanos = nowNanos;
        endNanos = nowNanos;
    }

    /** Counts a response, in the window in which its request was due. */
    public void answered(long dueNanos, long nowNanos, int status) {
        long latencyNanos = Math.max(0, nowNanos - dueNanos);
        latencies.recordValue(latencyNanos);
        if (windowNanos != Long.MAX_VALUE) {
            window((int) ((dueNanos - startNanos) / windowNanos)).recordValue(latencyNanos);
        }
        counts[status]++;
        endNanos = nowNanos;
    }

    /** Counts the bytes of a body. */
    public void received(long bytes) {
        receivedBytes += bytes;
    }

    /** The bytes of all received bodies. */
    public long receivedBytes() {
        return receivedBytes;
    }

    private Histogram window(int index) {
        while (windows.size() <= index) {
            windows.add(new Histogram(WINDOW_DIGITS));
        }
        return windows.get(index);
    }

    /** All latencies, in nanoseconds. */
    public Histogram latencies() {
        return latencies;
    }

    /** The latencies of each window, in nanoseconds. */
    public List<Histogram> windows() {
        return windows;
    }

    /** When window {@code index} begins, by {@link System#nanoTime}. */
    public long windowStartNanos(int index) {
        return startNanos + index * windowNanos;
    }

    public long count() {
        return latencies.getTotalCount();
    }

    public double seconds() {
        return (endNanos - startNanos) / 1e9;
    }

    public double perSecond() {
        return seconds() == 0 ? 0 : count() / seconds();
    }

    /** How many responses had a status other than 2xx. */
    public long failures() {
        return count() - sum(200, 300);
    }

    /** How many responses had each status. */
    public Map<Integer, Long> byStatus() {
        Map<Integer, Long> found = new TreeMap<>();
        for (int status = 0; status < STATUS_MAX; status++) {
            if (counts[status] > 0) {
                found.put(status, counts[status]);
            }
        }
        return found;
    }

    private long sum(int from, int to) {
        long sum = 0;
        for (int status = from; status < to; status++) {
            sum += counts[status];
        }
        return sum;
    }
}
