package io.streamkeeper.server.metrics;

import java.util.Map;

/**
 * A request that took long.
 *
 * @param answeredMillis when its response began, in milliseconds since 1970 UTC
 * @param operation what it did
 * @param path its path as received, without the query, at most its first 1,024 characters
 * @param status that of its response
 * @param nanos from the arrival of the whole request to the beginning of its response
 * @param waits what it has waited for, in nanoseconds
 */
public record SlowRequest(
        long answeredMillis, Operation operation, String path, int status, long nanos, Map<Wait, Long> waits) {
    /** Copies the map. */
    public SlowRequest {
        waits = Map.copyOf(waits);
    }
}
