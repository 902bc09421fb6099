package io.streamkeeper.server.setting;

import java.util.HashMap;
import java.util.Map;

/**
 * The values from which a configuration is built: those that were set, and the defaults of all other settings. The
 * record that receives a value checks it, not this class. Owned by the thread that builds the configuration.
 */
public final class SettingValues {
    private final Map<Setting<?>, Object> given = new HashMap<>();

    /** Creates values that are all defaults. */
    public SettingValues() {}

    /**
     * Sets the value of a setting; replaces any earlier one.
     *
     * @param setting any
     * @param value any
     * @param <T> the type of the value
     */
    public <T> void set(Setting<T> setting, T value) {
        given.put(setting, value);
    }

    /**
     * Sets the number of a setting; replaces any earlier one.
     *
     * @param setting any
     * @param value any
     */
    public void set(NumberSetting setting, long value) {
        given.put(setting, value);
    }

    /**
     * Sets the value of a setting from its text.
     *
     * @param setting any
     * @param written the text in a flag, a variable or a file
     * @param <T> the type of the value
     * @throws IllegalArgumentException if the syntax is invalid
     */
    public <T> void parse(Setting<T> setting, String written) {
        set(setting, setting.parse(written));
    }

    /**
     * {@return the value that was set, else the default}
     *
     * @param setting any
     * @param <T> the type of the value
     */
    @SuppressWarnings("unchecked")
    public <T> T get(Setting<T> setting) {
        Object value = given.get(setting);
        // Both set() methods store a value of the setting's type.
        return value == null ? setting.defaultValue() : (T) value;
    }

    /**
     * {@return the number that was set, else the default}
     *
     * @param setting a setting whose bounds fit an {@code int}
     * @throws IllegalArgumentException if the number is out of the bounds
     */
    public int toInt(NumberSetting setting) {
        long value = get(setting);
        setting.check(value);
        return Math.toIntExact(value);
    }
}
