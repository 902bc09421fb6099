package io.streamkeeper.server.config;

import static io.streamkeeper.server.setting.SettingGroup.READS;

import io.streamkeeper.server.setting.NumberSetting;
import io.streamkeeper.server.setting.Setting;
import io.streamkeeper.server.setting.SettingValues;
import io.streamkeeper.server.setting.Switch;
import io.streamkeeper.server.setting.Unit;
import java.util.List;

/**
 * How much one read returns, and in which form.
 *
 * @param readBytesMax the approximate bytes of one response, which may be exceeded because no message is cut; 0 for no
 *     limit: a catch-up response reaches to the tail, and other responses have about a mebibyte
 * @param gzip whether catch-up responses are compressed for clients that accept it
 */
public record ReadConfig(int readBytesMax, boolean gzip) {
    private static final int WINDOW_BYTES = 1 << 20;

    private static final NumberSetting READ_BYTES_MAX = new NumberSetting(
            READS,
            "max-read",
            Unit.BYTES,
            0,
            1 << 30,
            "0",
            "Bytes of one response, about: no message and no character is cut. 0 for no limit: a catch-up response"
                    + " reaches to the tail.");

    private static final Setting<Boolean> GZIP =
            new Setting<>(READS, "gzip", new Switch(), "true", "Compress catch-up reads for clients that accept it.");

    static final List<Setting<?>> SETTINGS = List.of(READ_BYTES_MAX, GZIP);

    /**
     * Checks the values.
     *
     * @param readBytesMax 0 … 1 GiB
     * @param gzip any value
     * @throws IllegalArgumentException if a value is out of range
     */
    public ReadConfig {
        READ_BYTES_MAX.check(readBytesMax);
    }

    static ReadConfig of(SettingValues values) {
        return new ReadConfig(values.toInt(READ_BYTES_MAX), values.get(GZIP));
    }

    void copyTo(SettingValues values) {
        new Builder(values).readBytesMax(readBytesMax).gzip(gzip);
    }

    /** {@return the defaults: catch-up reads to the tail, compressed for clients that accept it} */
    public static ReadConfig defaults() {
        return of(new SettingValues());
    }

    /** {@return the approximate bytes of one read whose result is in memory as a whole} */
    public int windowBytes() {
        return readBytesMax == 0 ? WINDOW_BYTES : readBytesMax;
    }

    /** Changes how much one read returns, and in which form, within {@link ServerConfig.Builder#read}. */
    public static final class Builder {
        private final SettingValues values;

        Builder(SettingValues values) {
            this.values = values;
        }

        /**
         * {@return this}
         *
         * @param readBytesMax the approximate bytes of one response, 0 … 1 GiB, which may be exceeded because no
         *     message is cut; 0 for no limit: a catch-up response reaches to the tail, and other responses have about a
         *     mebibyte
         */
        public Builder readBytesMax(int readBytesMax) {
            values.set(READ_BYTES_MAX, readBytesMax);
            return this;
        }

        /**
         * {@return this}
         *
         * @param gzip whether catch-up responses are compressed for clients that accept it
         */
        public Builder gzip(boolean gzip) {
            values.set(GZIP, gzip);
            return this;
        }
    }
}
