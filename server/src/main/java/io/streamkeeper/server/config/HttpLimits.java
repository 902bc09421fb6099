package io.streamkeeper.server.config;

import static io.streamkeeper.server.setting.SettingGroup.REQUESTS;

import io.streamkeeper.server.setting.NumberSetting;
import io.streamkeeper.server.setting.Setting;
import io.streamkeeper.server.setting.SettingValues;
import io.streamkeeper.server.setting.Unit;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The limits of the requests of one connection.
 *
 * @param requestLineBytesMax bytes of a request line, without its end of line; a longer one is answered 414
 * @param headerBytesMax bytes of all fields of a request together, and of all trailer fields; more bytes are answered
 *     431
 * @param bodyBytesMax bytes of a request's body without transfer coding; a larger one is answered 413. 0 for the size
 *     that the memory of the process can always store, at most 64 MiB
 * @param inFlightRequestsMax unanswered requests of one connection; at the limit, no more are read
 * @param headerTimeoutMillis how long a request's head may take, from its first byte, or for the first request, from
 *     the connection's start
 * @param bodyStallTimeoutMillis how long a body may pause between two bytes
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
    private static final NumberSetting BODY_BYTES_MAX = new NumberSetting(
            REQUESTS,
            "max-body",
            Unit.BYTES,
            0,
            1 << 30,
            "0",
            "Bytes of a request's body; more is answered 413. 0 for what the memory can always store, 64MiB at most.");

    private static final NumberSetting REQUEST_LINE_BYTES_MAX = new NumberSetting(
            REQUESTS,
            "max-request-line",
            Unit.BYTES,
            64,
            1 << 20,
            "8KiB",
            "Bytes of a request line; more is answered 414.");

    private static final NumberSetting HEADER_BYTES_MAX = new NumberSetting(
            REQUESTS,
            "max-headers",
            Unit.BYTES,
            64,
            1 << 20,
            "32KiB",
            "Bytes of a request's headers together; more is answered 431.");

    private static final NumberSetting IN_FLIGHT_REQUESTS_MAX = new NumberSetting(
            REQUESTS,
            "max-in-flight",
            Unit.COUNT,
            1,
            1 << 16,
            "64",
            "Unanswered requests of one connection; more are not read yet.");

    private static final NumberSetting HEADER_TIMEOUT = new NumberSetting(
            REQUESTS,
            "header-timeout",
            Unit.MILLIS,
            1,
            TimeUnit.DAYS.toMillis(1),
            "10s",
            "For a request's headers to arrive.");

    private static final NumberSetting BODY_STALL_TIMEOUT = new NumberSetting(
            REQUESTS,
            "body-timeout",
            Unit.MILLIS,
            1,
            TimeUnit.DAYS.toMillis(1),
            "30s",
            "For the next byte of a request's body to arrive.");

    private static final NumberSetting IDLE_TIMEOUT = new NumberSetting(
            REQUESTS,
            "idle-timeout",
            Unit.MILLIS,
            1,
            TimeUnit.DAYS.toMillis(1),
            "75s",
            "After which a silent connection is closed.");

    static final List<Setting<?>> SETTINGS = List.of(
            BODY_BYTES_MAX,
            REQUEST_LINE_BYTES_MAX,
            HEADER_BYTES_MAX,
            IN_FLIGHT_REQUESTS_MAX,
            HEADER_TIMEOUT,
            BODY_STALL_TIMEOUT,
            IDLE_TIMEOUT);

    /**
     * Checks the values.
     *
     * @param requestLineBytesMax 64 … 1 MiB
     * @param headerBytesMax 64 … 1 MiB
     * @param bodyBytesMax 0 … 1 GiB
     * @param inFlightRequestsMax 1 … 65536
     * @param headerTimeoutMillis 1 … a day
     * @param bodyStallTimeoutMillis 1 … a day
     * @param idleTimeoutMillis 1 … a day
     * @throws IllegalArgumentException if a value is out of range
     */
    public HttpLimits {
        REQUEST_LINE_BYTES_MAX.check(requestLineBytesMax);
        HEADER_BYTES_MAX.check(headerBytesMax);
        BODY_BYTES_MAX.check(bodyBytesMax);
        IN_FLIGHT_REQUESTS_MAX.check(inFlightRequestsMax);
        HEADER_TIMEOUT.check(headerTimeoutMillis);
        BODY_STALL_TIMEOUT.check(bodyStallTimeoutMillis);
        IDLE_TIMEOUT.check(idleTimeoutMillis);
    }

    static HttpLimits of(SettingValues values) {
        return new HttpLimits(
                values.toInt(REQUEST_LINE_BYTES_MAX),
                values.toInt(HEADER_BYTES_MAX),
                values.toInt(BODY_BYTES_MAX),
                values.toInt(IN_FLIGHT_REQUESTS_MAX),
                values.get(HEADER_TIMEOUT),
                values.get(BODY_STALL_TIMEOUT),
                values.get(IDLE_TIMEOUT));
    }

    void copyTo(SettingValues values) {
        new Builder(values)
                .requestLineBytesMax(requestLineBytesMax)
                .headerBytesMax(headerBytesMax)
                .bodyBytesMax(bodyBytesMax)
                .inFlightRequestsMax(inFlightRequestsMax)
                .headerTimeoutMillis(headerTimeoutMillis)
                .bodyStallTimeoutMillis(bodyStallTimeoutMillis)
                .idleTimeoutMillis(idleTimeoutMillis);
    }

    /** {@return the default limits} */
    public static HttpLimits defaults() {
        return of(new SettingValues());
    }

    /** Changes the limits of the requests of one connection, within {@link ServerConfig.Builder#http}. */
    public static final class Builder {
        private final SettingValues values;

        Builder(SettingValues values) {
            this.values = values;
        }

        /**
         * {@return this}
         *
         * @param requestLineBytesMax bytes of a request line, without its end of line, 64 … 1 MiB; a longer one is
         *     answered 414
         */
        public Builder requestLineBytesMax(int requestLineBytesMax) {
            values.set(REQUEST_LINE_BYTES_MAX, requestLineBytesMax);
            return this;
        }

        /**
         * {@return this}
         *
         * @param headerBytesMax bytes of all fields of a request together, and of all trailer fields, 64 … 1 MiB; more
         *     bytes are answered 431
         */
        public Builder headerBytesMax(int headerBytesMax) {
            values.set(HEADER_BYTES_MAX, headerBytesMax);
            return this;
        }

        /**
         * {@return this}
         *
         * @param bodyBytesMax bytes of a request's body without transfer coding, 0 … 1 GiB; a larger one is answered
         *     413. 0 for the size that the memory of the process can always store, at most 64 MiB
         */
        public Builder bodyBytesMax(int bodyBytesMax) {
            values.set(BODY_BYTES_MAX, bodyBytesMax);
            return this;
        }

        /**
         * {@return this}
         *
         * @param inFlightRequestsMax unanswered requests of one connection, 1 … 65536; at the limit, no more are read
         */
        public Builder inFlightRequestsMax(int inFlightRequestsMax) {
            values.set(IN_FLIGHT_REQUESTS_MAX, inFlightRequestsMax);
            return this;
        }

        /**
         * {@return this}
         *
         * @param headerTimeoutMillis how long a request's head may take, from its first byte, or for the first request,
         *     from the connection's start; 1 … a day
         */
        public Builder headerTimeoutMillis(long headerTimeoutMillis) {
            values.set(HEADER_TIMEOUT, headerTimeoutMillis);
            return this;
        }

        /**
         * {@return this}
         *
         * @param bodyStallTimeoutMillis how long a body may pause between two bytes, 1 … a day
         */
        public Builder bodyStallTimeoutMillis(long bodyStallTimeoutMillis) {
            values.set(BODY_STALL_TIMEOUT, bodyStallTimeoutMillis);
            return this;
        }

        /**
         * {@return this}
         *
         * @param idleTimeoutMillis how long a connection stays open between two requests, 1 … a day
         */
        public Builder idleTimeoutMillis(long idleTimeoutMillis) {
            values.set(IDLE_TIMEOUT, idleTimeoutMillis);
            return this;
        }
    }
}
