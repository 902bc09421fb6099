package io.streamkeeper.server.setting;

/**
 * How the values of a setting are written, and which are allowed. Immutable.
 *
 * @param <T> what a value is
 */
public interface SettingType<T> {
    /** {@return what help shows in the place of a value: {@code SIZE}} */
    String label();

    /**
     * Reads a value.
     *
     * @param written in a flag, a variable or a file
     * @return the value
     * @throws IllegalArgumentException if values are not written so; the message quotes it and says how they are
     */
    T parse(String written);

    /**
     * Refuses a value that is not allowed.
     *
     * @param name the setting's, for the message
     * @param value any
     * @throws IllegalArgumentException if it is not allowed; the message quotes it and says what is
     */
    default void check(String name, T value) {}

    /** {@return which values are allowed, for documents; empty where the setting's text says it} */
    default String allowed() {
        return "";
    }

    /** {@return whether the flag alone switches the setting on, and {@code --no-} off} */
    default boolean isSwitch() {
        return false;
    }
}
