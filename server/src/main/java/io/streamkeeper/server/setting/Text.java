package io.streamkeeper.server.setting;

import java.util.regex.Pattern;

/**
 * Text of a certain form.
 *
 * @param label what help shows in the place of a value
 * @param form what a whole value matches
 * @param expected what such a value is, for messages
 */
public record Text(String label, Pattern form, String expected) implements SettingType<String> {
    /**
     * Text of a certain form.
     *
     * @param label what help shows in the place of a value
     * @param form a regular expression that a whole value matches
     * @param expected what such a value is, for messages
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
