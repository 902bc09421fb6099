package io.streamkeeper.server.config;

import static io.streamkeeper.server.setting.SettingGroup.STORAGE;

import io.streamkeeper.server.setting.NumberSetting;
import io.streamkeeper.server.setting.Setting;
import io.streamkeeper.server.setting.SettingValues;
import io.streamkeeper.server.setting.Unit;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * How many producers a stream remembers, so that a retried append takes effect once.
 *
 * @param producersMax producers of one stream; at the limit, the least recently used one is evicted when a new one
 *     arrives
 * @param keptMillis the minimum time for which a producer is remembered after its last append; if the limit is reached
 *     within it, a new producer is refused
 */
public record ProducerConfig(int producersMax, long keptMillis) {
    private static final NumberSetting PRODUCERS_MAX = new NumberSetting(
            STORAGE,
            "max-producers",
            Unit.COUNT,
            1,
            1_000_000,
            "10000",
            "Producers of one stream that are remembered; at the limit, the one unused for longest is forgotten for another.");

    private static final NumberSetting KEPT = new NumberSetting(
            STORAGE,
            "keep-producers",
            Unit.MILLIS,
            0,
            TimeUnit.DAYS.toMillis(3_650),
            "1h",
            "How long a producer is remembered at least after its last append; where all are, another one is answered 422.");

    static final List<Setting<?>> SETTINGS = List.of(PRODUCERS_MAX, KEPT);

    /**
     * Checks the values.
     *
     * @param producersMax 1 … 1,000,000
     * @param keptMillis 0 … 3650 days
     * @throws IllegalArgumentException if a value is out of range
     */
    public ProducerConfig {
        PRODUCERS_MAX.check(producersMax);
        KEPT.check(keptMillis);
    }

    static ProducerConfig of(SettingValues values) {
        return new ProducerConfig(values.toInt(PRODUCERS_MAX), values.get(KEPT));
    }

    void copyTo(SettingValues values) {
        new Builder(values).producersMax(producersMax).keptMillis(keptMillis);
    }

    /** {@return the defaults: 10,000 producers of a stream, each remembered for at least an hour} */
    public static ProducerConfig defaults() {
        return of(new SettingValues());
    }

    /** Changes how many producers are remembered, and for how long, within {@link DataConfig.Builder#producers}. */
    public static final class Builder {
        private final SettingValues values;

        Builder(SettingValues values) {
            this.values = values;
        }

        /**
         * {@return this}
         *
         * @param producersMax producers of one stream, 1 … 1,000,000; at the limit, the least recently used one is
         *     evicted when a new one arrives
         */
        public Builder producersMax(int producersMax) {
            values.set(PRODUCERS_MAX, producersMax);
            return this;
        }

        /**
         * {@return this}
         *
         * @param keptMillis the minimum time for which a producer is remembered after its last append, 0 … 3650 days;
         *     if the limit is reached within it, a new producer is refused
         */
        public Builder keptMillis(long keptMillis) {
            values.set(KEPT, keptMillis);
            return this;
        }
    }
}
