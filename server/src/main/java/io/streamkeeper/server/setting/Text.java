package io.streamkeeper.server.setting;

import java.util.regex.Pattern;

/**
 * A setting type for text that matches a pattern.
 *
 * @param label the placeholder that help shows for a value
 * @param form the pattern that a whole value matches
 * @param expected a description of such a value, for messages
 */
public record Text(String label, Pattern form, String expected) implements SettingType<String> {
    /**
     * A setting type for text that matches a pattern.
     *
     * @param label the placeholder that help shows for a value
     * @param form a regular expression that a whole value matches
     * @param expected a description of such a value, for messages
     */
    public Text(String label, String form, String expected) {
        this(label, Pattern.compile(form), expected);
    }

    @Override
    public String parse(String written) {
        return written;
    }

    @Override
    public void check(String name, String value) {
        if (!form.matcher(value).matches()) {
            throw new IllegalArgumentException(name + " is \"" + value + "\"; expected " + expected);
        }
    }
}
