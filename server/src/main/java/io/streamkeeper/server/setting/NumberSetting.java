package io.streamkeeper.server.setting;

/**
 * The description of a setting that is a number with bounds. The field that it sets may be an {@code int} if the bounds
 * fit one.
 */
public final class NumberSetting extends Setting<Long> {

    /**
     * Describes a number.
     *
     * @param group the group under which documents and help list it
     * @param name lower-case words joined by hyphens
     * @param unit the unit of the number
     * @param min the smallest allowed number
     * @param max the largest allowed number
     * @param defaultText the text of the default value
     * @param text its effect, in sentences
     */
    public NumberSetting(
            SettingGroup group, String name, Unit unit, long min, long max, String defaultText, String text) {
        super(group, name, new NumberType(unit, min, max), defaultText, text);
    }

    /**
     * Refuses a number that is out of bounds.
     *
     * @param value any
     * @throws IllegalArgumentException if it is out of bounds; the message quotes it and the bounds
     */
    public void check(long value) {
        check(Long.valueOf(value));
    }
}
