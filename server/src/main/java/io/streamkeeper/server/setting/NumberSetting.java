package io.streamkeeper.server.setting;

/**
 * The description of a setting that is a number with bounds. The field that it fills may be an {@code int} if they fit.
 */
public final class NumberSetting extends Setting<Long> {

    /**
     * Describes a number.
     *
     * @param group where documents and help list it
     * @param name lower-case words joined by hyphens
     * @param unit of the number
     * @param min the smallest that is allowed
     * @param max the largest that is allowed
     * @param defaultText the value where none is given, as it is written
     * @param text what it does, in sentences
     */
    public NumberSetting(
            SettingGroup group, String name, Unit unit, long min, long max, String defaultText, String text) {
        super(group, name, new NumberType(unit, min, max), defaultText, text);
    }

    /**
     * Refuses a number that is out of bounds.
     *
     * @param value any
     * @throws IllegalArgumentException if it is out of bounds; the message quotes it and them
     */
    public void check(long value) {
        check(Long.valueOf(value));
    }
}
