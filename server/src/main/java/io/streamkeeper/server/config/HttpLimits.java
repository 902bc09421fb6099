package io.streamkeeper.server.config;

import java.util.concurrent.TimeUnit;

/**
 * What one connection may ask of the server.
 *
 * @param requestLineBytesMax bytes of a request line, without its end of line; more is answered 414
 * @param headerBytesMax bytes of all fields of a request together, and of all trailer fields; more is answered 431
 * @param bodyBytesMax bytes of a request's body without transfer coding; more is answered 413. 0 for what the memory of the
 *     process can always store, 64 MiB at most
 * @param inFlightRequestsMax requests of one connection that are not answered yet; no more are read meanwhile
 * @param headerTimeoutMillis how long a request's head may take from its first byte, the first one from connecting
 * @param bodyStallTimeoutMillis how long a body may go without a byte
 * @param idleTimeoutMillis how long a connection stays open between two requests
 */
public record HttpLimits(
        int requestLineBytesMax,
        int headerBytesMax,
        int bodyBytesMax,
        int inFlightRequestsMax,
        long headerTimeoutMillis,
        long bodyStallTimeoutMillis,
        long idleTimeoutMillis) {
    private static final int HEAD_PART_BYTES_MAX = 1 << 20;
    private static final int BODY_BYTES_MAX = 1 << 30;
    private static final int IN_FLIGHT_REQUESTS_MAX = 1 << 16;
    private static final long TIMEOUT_MILLIS_MAX = TimeUnit.DAYS.toMillis(1);

    /**
     * Checks the values.
     *
     * @param requestLineBytesMax 64 … {@value #HEAD_PART_BYTES_MAX}
     * @param headerBytesMax 64 … {@value #HEAD_PART_BYTES_MAX}
     * @param bodyBytesMax 0 … {@value #BODY_BYTES_MAX}
     * @param inFlightRequestsMax 1 … {@value #IN_FLIGHT_REQUESTS_MAX}
     * @param headerTimeoutMillis at least 1, at most a day
     * @param bodyStallTimeoutMillis at least 1, at most a day
     * @param idleTimeoutMillis at least 1, at most a day
     * @throws IllegalArgumentException if one is not so
     */
    public HttpLimits {
        checkRange("requestLineBytesMax", requestLineBytesMax, 64, HEAD_PART_BYTES_MAX);
        checkRange("headerBytesMax", headerBytesMax, 64, HEAD_PART_BYTES_MAX);
        checkRange("bodyBytesMax", bodyBytesMax, 0, BODY_BYTES_MAX);
        checkRange("inFlightRequestsMax", inFlightRequestsMax, 1, IN_FLIGHT_REQUESTS_MAX);
        checkRange("headerTimeoutMillis", headerTimeoutMillis, 1, TIMEOUT_MILLIS_MAX);
        checkRange("bodyStallTimeoutMillis", bodyStallTimeoutMillis, 1, TIMEOUT_MILLIS_MAX);
        checkRange("idleTimeoutMillis", idleTimeoutMillis, 1, TIMEOUT_MILLIS_MAX);
    }

    private static void checkRange(String name, long value, long min, long max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(name + " is " + value + "; expected " + min + " to " + max);
        }
    }

    /**
     * {@return the same with another bound on bodies}
     *
     * @param newBodyBytesMax 0 … {@value #BODY_BYTES_MAX}
     * @throws IllegalArgumentException if it is not so
     */
    public HttpLimits withBodyBytesMax(int newBodyBytesMax) {
        return new HttpLimits(
                requestLineBytesMax,
                headerBytesMax,
                newBodyBytesMax,
                inFlightRequestsMax,
                headerTimeoutMillis,
                bodyStallTimeoutMillis,
                idleTimeoutMillis);
    }

    /** {@return the limits of a server that is told none} */
    public static HttpLimits defaults() {
        return new HttpLimits(8 << 10, 32 << 10, 0, 64, 10_000, 30_000, 75_000);
    }
}
