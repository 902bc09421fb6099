package io.streamkeeper.server.setting;

import java.util.HashMap;
import java.util.Map;

/**
 * The values that a configuration is built from: those that were given, and the defaults of all other settings. A value
 * is checked by the record that it goes into, not here. Owned by the thread that builds the configuration.
 */
public final class SettingValues {
    private final Map<Setting<?>, Object> given = new HashMap<>();

    /** The defaults. */
    public SettingValues() {}

    /**
     * Gives a setting a value; the last one counts.
     *
     * @param setting any
     * @param value any
     * @param <T> what it is
     */
    public <T> void set(Setting<T> setting, T value) {
        given.put(setting, value);
    }

    /**
     * Gives a setting a number; the last one counts.
     *
     * @param setting any
     * @param value any
     */
    public void set(NumberSetting setting, long value) {
        given.put(setting, value);
    }

    /**
     * Gives a setting a value as it is written.
     *
     * @param setting any
     * @param written in a flag, a variable or a file
     * @param <T> what it is
     * @throws IllegalArgumentException if values are not written so
     */
    public <T> void parse(Setting<T> setting, String written) {
        set(setting, setting.parse(written));
    }

    /**
     * {@return the value that was given, else the default}
     *
     * @param setting any
     * @param <T> what it is
     */
    @SuppressWarnings("unchecked")
    public <T> T get(Setting<T> setting) {
        Object value = given.get(setting);
        // Both set() put a value in that has the type of its setting.
        return value == null ? setting.defaultValue() : (T) value;
    }

    /**
     * {@return the number that was given, else the default}
     *
     * @param setting its bounds fit an {@code int}
     * @throws IllegalArgumentException if the number is out of its bounds
     */
    public int toInt(NumberSetting setting) {
        long value = get(setting);
        setting.check(value);
        return Math.toIntExact(value);
    }
}
