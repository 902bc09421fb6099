package io.streamkeeper.server.metrics;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The last requests of one event loop that took long, a fixed number. A request that does not take long costs one
 * comparison. A long-poll is not one of them: it waits because its client wants it to. Owned by the loop.
 */
public final class SlowRequests {
    /** How many requests are kept. */
    static final int COUNT_MAX = 64;

    private static final long SLOW_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final int PATH_CHARS_MAX = 1_024;

    private final SlowRequest[] requests = new SlowRequest[COUNT_MAX];
    private long count;

    /** Whether a request with this duration is to be added. */
    public static boolean isSlow(Operation operation, long nanos) {
        return nanos >= SLOW_NANOS && operation != Operation.LONG_POLL;
    }

    /** Adds a request that is slow, in the place of the oldest one. */
    public void add(
            long answeredMillis, Operation operation, String path, int status, long nanos, Map<Wait, Long> waits) {
        String kept = path.length() <= PATH_CHARS_MAX ? path : path.substring(0, PATH_CHARS_MAX);
        requests[(int) (count % COUNT_MAX)] = new SlowRequest(answeredMillis, operation, kept, status, nanos, waits);
        count++;
    }

    /** A copy of all, in no particular order. */
    List<SlowRequest> copy() {
        List<SlowRequest> all = new ArrayList<>();
        for (int i = 0; i < Math.min(count, COUNT_MAX); i++) {
            all.add(requests[i]);
        }
        return all;
    }
}
