package io.streamkeeper.server.config;

import static io.streamkeeper.server.setting.SettingGroup.STORAGE;

import io.streamkeeper.server.setting.NumberSetting;
import io.streamkeeper.server.setting.Setting;
import io.streamkeeper.server.setting.SettingValues;
import io.streamkeeper.server.setting.Unit;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * How many producers a stream remembers, so that an append that is repeated takes effect once.
 *
 * @param producersMax producers of one stream; at the limit, the one unused for longest is forgotten for another
 * @param keptMillis how long a producer is remembered at least after its last append; where all of them are, another
 *     one is refused
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
     * @throws IllegalArgumentException if one is not so
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

    /** {@return 10,000 producers of a stream, each remembered for an hour at least} */
    public static ProducerConfig defaults() {
        return of(new SettingValues());
    }

    /** Changes which producers are remembered, within {@link DataConfig.Builder#producers}. */
    public static final class Builder {
        private final SettingValues values;

        Builder(SettingValues values) {
            this.values = values;
        }

        /**
         * {@return this}
         *
         * @param producersMax producers of one stream, 1 … 1,000,000; at the limit, the one unused for longest is
         *     forgotten for another
         */
        public Builder producersMax(int producersMax) {
            values.set(PRODUCERS_MAX, producersMax);
            return this;
        }

        /**
         * {@return this}
         *
         * @param keptMillis how long a producer is remembered at least after its last append, 0 … 3650 days; where all
         *     of them are, another one is refused
         */
        public Builder keptMillis(long keptMillis) {
            values.set(KEPT, keptMillis);
            return this;
        }
    }
}
