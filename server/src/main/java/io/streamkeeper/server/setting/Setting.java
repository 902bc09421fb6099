package io.streamkeeper.server.setting;

import java.util.Locale;

/**
 * The only description of a setting. Its flag, its environment variable, its key in a configuration file, its part of
 * {@code --help}, the messages that refuse a value, and its row in {@code docs/configuration.md} are generated from it.
 *
 * <p>To add one, declare its description as a constant of the record of its concern in {@code
 * io.streamkeeper.server.config}, and list it in that record's {@code SETTINGS}. Add the field that it sets: the record
 * component, its check in the constructor, a line in {@code of} and in {@code copyTo}, and a method of the builder.
 * {@code SettingsTest} fails for each step that is missing, and {@code ./mvnw -pl server -am test
 * -Dtest=SettingsPageTest -Dsettings.write=true -Dsurefire.failIfNoSpecifiedTests=false} rewrites the tables of the
 * document.
 *
 * <p>Immutable.
 *
 * @param <T> the type of a value
 */
public class Setting<T> {
    private static final String VARIABLE_PREFIX = "DS_";

    private final SettingGroup group;
    private final String name;
    private final SettingType<T> type;
    private final String defaultText;
    private final String text;

    /**
     * Describes a setting.
     *
     * @param group the group under which documents and help list it
     * @param name lower-case words joined by hyphens
     * @param type the syntax of values, and which are allowed
     * @param defaultText the text of the default value; empty if there is none
     * @param text its effect, in sentences
     */
    public Setting(SettingGroup group, String name, SettingType<T> type, String defaultText, String text) {
        this.group = group;
        this.name = name;
        this.type = type;
        this.defaultText = defaultText;
        this.text = text;
    }

    /** {@return the group under which documents and help list it} */
    public final SettingGroup group() {
        return group;
    }

    /** {@return its name: the flag without its dashes, and the key in a configuration file} */
    public final String name() {
        return name;
    }

    /** {@return the syntax of values, and which are allowed} */
    public final SettingType<T> type() {
        return type;
    }

    /** {@return the flag in the form that documents use: {@code --port}, {@code --[no-]gzip}} */
    public final String flag() {
        return "--" + (type.isSwitch() ? "[no-]" : "") + name;
    }

    /** {@return the environment variable: {@code DS_LONG_POLL_TIMEOUT} for {@code long-poll-timeout}} */
    public final String variable() {
        return variable(name);
    }

    /**
     * {@return the environment variable of a setting}
     *
     * @param name the name of the setting
     */
    public static String variable(String name) {
        return VARIABLE_PREFIX + name.toUpperCase(Locale.ROOT).replace('-', '_');
    }

    /**
     * {@return whether an environment variable has the prefix of settings}
     *
     * @param variable its name
     */
    public static boolean looksLikeVariable(String variable) {
        return variable.startsWith(VARIABLE_PREFIX);
    }

    /** {@return the text of the default value; empty if there is none} */
    public final String defaultText() {
        return defaultText;
    }

    /** {@return the default value} */
    public final T defaultValue() {
        return type.parse(defaultText);
    }

    /** {@return its effect, in sentences} */
    public final String text() {
        return text;
    }

    /**
     * Parses the text of a value. {@link #check} decides whether the value is allowed.
     *
     * @param written the text in a flag, a variable or a file
     * @return the value
     * @throws IllegalArgumentException if the syntax is invalid; the message quotes the text and states the syntax
     */
    public final T parse(String written) {
        return type.parse(written);
    }

    /**
     * Refuses a value that is not allowed.
     *
     * @param value any
     * @throws IllegalArgumentException if it is not allowed; the message quotes it and states which values are
     */
    public final void check(T value) {
        type.check(name, value);
    }

    @Override
    public final String toString() {
        return name;
    }
}
