package io.streamkeeper.server.config;

import static io.streamkeeper.server.setting.SettingGroup.LIVE_READERS;

import io.streamkeeper.server.setting.NumberSetting;
import io.streamkeeper.server.setting.Setting;
import io.streamkeeper.server.setting.SettingValues;
import io.streamkeeper.server.setting.Unit;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * How long live reads last.
 *
 * @param longPollTimeoutMillis how long a long-poll waits if it does not specify a time
 * @param longPollTimeoutMillisMax the longest wait of a long-poll, whatever it requests
 * @param sseSessionMillis the time after which an event stream ends, so that clients are distributed over caches again
 *     (section 10.2)
 * @param sseKeepAliveMillis the silence after which the server sends a comment on an event stream
 * @param sseStreamsMax how many streams one event stream follows at most
 */
public record LiveConfig(
        long longPollTimeoutMillis,
        long longPollTimeoutMillisMax,
        long sseSessionMillis,
        long sseKeepAliveMillis,
        int sseStreamsMax) {
    private static final NumberSetting LONG_POLL_TIMEOUT = new NumberSetting(
            LIVE_READERS,
            "long-poll-timeout",
            Unit.MILLIS,
            1,
            TimeUnit.DAYS.toMillis(1),
            "20s",
            "How long a long-poll waits that does not specify it.");

    private static final NumberSetting LONG_POLL_TIMEOUT_MAX = new NumberSetting(
            LIVE_READERS,
            "long-poll-timeout-max",
            Unit.MILLIS,
            1,
            TimeUnit.DAYS.toMillis(1),
            "60s",
            "The longest wait of a long-poll, whatever the client requests.");

    private static final NumberSetting SSE_SESSION = new NumberSetting(
            LIVE_READERS,
            "sse-session",
            Unit.MILLIS,
            1,
            TimeUnit.DAYS.toMillis(1),
            "60s",
            "After which an event stream ends and the client connects again.");

    private static final NumberSetting SSE_KEEP_ALIVE = new NumberSetting(
            LIVE_READERS,
            "sse-keep-alive",
            Unit.MILLIS,
            1,
            TimeUnit.DAYS.toMillis(1),
            "15s",
            "After which a silent event stream gets a comment.");

    private static final NumberSetting SSE_STREAMS = new NumberSetting(
            LIVE_READERS,
            "sse-streams",
            Unit.COUNT,
            1,
            1_000_000,
            "10000",
            "How many streams one event stream follows at most.");

    static final List<Setting<?>> SETTINGS =
            List.of(LONG_POLL_TIMEOUT, LONG_POLL_TIMEOUT_MAX, SSE_SESSION, SSE_KEEP_ALIVE, SSE_STREAMS);

    /**
     * Checks the values.
     *
     * @param longPollTimeoutMillis at least 1, at most {@code longPollTimeoutMillisMax}
     * @param longPollTimeoutMillisMax at least 1, at most a day
     * @param sseSessionMillis at least 1, at most a day
     * @param sseKeepAliveMillis at least 1, at most a day
     * @param sseStreamsMax at least 1, at most a million
     * @throws IllegalArgumentException if a value is out of range
     */
    public LiveConfig {
        LONG_POLL_TIMEOUT_MAX.check(longPollTimeoutMillisMax);
        LONG_POLL_TIMEOUT.check(longPollTimeoutMillis);
        SSE_SESSION.check(sseSessionMillis);
        SSE_KEEP_ALIVE.check(sseKeepAliveMillis);
        SSE_STREAMS.check(sseStreamsMax);
        if (longPollTimeoutMillis > longPollTimeoutMillisMax) {
            throw new IllegalArgumentException(LONG_POLL_TIMEOUT + " is " + longPollTimeoutMillis + " ms, but "
                    + LONG_POLL_TIMEOUT_MAX + " is " + longPollTimeoutMillisMax + " ms; expected at least as much");
        }
    }

    static LiveConfig of(SettingValues values) {
        return new LiveConfig(
                values.get(LONG_POLL_TIMEOUT),
                values.get(LONG_POLL_TIMEOUT_MAX),
                values.get(SSE_SESSION),
                values.get(SSE_KEEP_ALIVE),
                values.get(SSE_STREAMS).intValue());
    }

    void copyTo(SettingValues values) {
        new Builder(values)
                .longPollTimeoutMillis(longPollTimeoutMillis)
                .longPollTimeoutMillisMax(longPollTimeoutMillisMax)
                .sseSessionMillis(sseSessionMillis)
                .sseKeepAliveMillis(sseKeepAliveMillis)
                .sseStreamsMax(sseStreamsMax);
    }

    /**
     * {@return the defaults: long-polls of 20 seconds, or up to a minute if requested, event streams of a minute, a
     * comment after 15 silent seconds}
     */
    public static LiveConfig defaults() {
        return of(new SettingValues());
    }

    /** Changes how long live reads last, within {@link ServerConfig.Builder#live}. */
    public static final class Builder {
        private final SettingValues values;

        Builder(SettingValues values) {
            this.values = values;
        }

        /**
         * {@return this}
         *
         * @param longPollTimeoutMillis how long a long-poll waits if it does not specify a time; 1 … {@code
         *     longPollTimeoutMillisMax}
         */
        public Builder longPollTimeoutMillis(long longPollTimeoutMillis) {
            values.set(LONG_POLL_TIMEOUT, longPollTimeoutMillis);
            return this;
        }

        /**
         * {@return this}
         *
         * @param longPollTimeoutMillisMax the longest wait of a long-poll, whatever it requests, 1 … a day
         */
        public Builder longPollTimeoutMillisMax(long longPollTimeoutMillisMax) {
            values.set(LONG_POLL_TIMEOUT_MAX, longPollTimeoutMillisMax);
            return this;
        }

        /**
         * {@return this}
         *
         * @param sseSessionMillis the time after which an event stream ends, so that clients are distributed over
         *     caches again; 1 … a day
         */
        public Builder sseSessionMillis(long sseSessionMillis) {
            values.set(SSE_SESSION, sseSessionMillis);
            return this;
        }

        /**
         * {@return this}
         *
         * @param sseKeepAliveMillis the silence after which the server sends a comment on an event stream; 1 … a day
         */
        public Builder sseKeepAliveMillis(long sseKeepAliveMillis) {
            values.set(SSE_KEEP_ALIVE, sseKeepAliveMillis);
            return this;
        }

        /**
         * {@return this}
         *
         * @param sseStreamsMax how many streams one event stream follows at most; 1 … a million
         */
        public Builder sseStreamsMax(int sseStreamsMax) {
            values.set(SSE_STREAMS, (long) sseStreamsMax);
            return this;
        }
    }
}
