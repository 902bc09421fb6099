package io.streamkeeper.server.setting;

/**
 * The syntax of a setting's values, and which values are allowed. Immutable.
 *
 * @param <T> the type of a value
 */
public interface SettingType<T> {
    /** {@return the placeholder that help shows for a value, such as {@code SIZE}} */
    String label();

    /**
     * Parses a value.
     *
     * @param written the text in a flag, a variable or a file
     * @return the value
     * @throws IllegalArgumentException if the syntax is invalid; the message quotes the text and states the syntax
     */
    T parse(String written);

    /**
     * Refuses a value that is not allowed.
     *
     * @param name the name of the setting, for the message
     * @param value any
     * @throws IllegalArgumentException if it is not allowed; the message quotes it and states which values are
     */
    default void check(String name, T value) {}

    /** {@return which values are allowed, for documents; empty if the text of the setting states it} */
    default String allowed() {
        return "";
    }

    /** {@return whether the flag without a value switches the setting on, and with {@code --no-} switches it off} */
    default boolean isSwitch() {
        return false;
    }
}
