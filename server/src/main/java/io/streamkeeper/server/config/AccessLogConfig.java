package io.streamkeeper.server.config;

import static io.streamkeeper.server.setting.SettingGroup.PROCESS;

import io.streamkeeper.server.setting.Choice;
import io.streamkeeper.server.setting.Setting;
import io.streamkeeper.server.setting.SettingValues;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The access log: one line for each request.
 *
 * @param format of its lines
 * @param file to which they are appended; {@code none} for standard output
 */
public record AccessLogConfig(Format format, String file) {
    /** The format of a line. */
    public enum Format {
        /** There is no access log. */
        OFF,
        /** Values that are separated by spaces. */
        SHORT,
        /** An object of JSON. */
        JSON
    }

    private static final Setting<Format> FORMAT = new Setting<>(
            PROCESS,
            "access-log",
            Choice.of("a format", "FORMAT", Format.OFF, Format.SHORT, Format.JSON),
            "off",
            "One line for each request when it is complete: short, values separated by spaces; json; or off.");

    private static final Setting<String> FILE = new Setting<>(
            PROCESS,
            "access-log-file",
            OptionalFile.TYPE,
            OptionalFile.NONE,
            "File to which the lines of the access log are appended, instead of standard output. It may be renamed at any"
                    + " time.");

    static final List<Setting<?>> SETTINGS = List.of(FORMAT, FILE);

    /**
     * Checks the values.
     *
     * @param format any
     * @param file {@code none}, or the path of a file
     * @throws IllegalArgumentException if a value is not allowed
     */
    public AccessLogConfig {
        FILE.check(file);
    }

    /** {@return whether there is an access log} */
    public boolean isOn() {
        return format != Format.OFF;
    }

    /** {@return the file of the lines; null for standard output} */
    public @Nullable Path path() {
        return OptionalFile.path(file);
    }

    /**
     * Checks that a file has a format.
     *
     * @throws IllegalArgumentException if it has none
     */
    public void check() {
        if (!isOn() && path() != null) {
            throw new IllegalArgumentException(
                    "access-log-file is \"" + file + "\", and access-log is \"off\"; expected short or json");
        }
    }

    static AccessLogConfig of(SettingValues values) {
        return new AccessLogConfig(values.get(FORMAT), values.get(FILE));
    }

    void copyTo(SettingValues values) {
        new Builder(values).format(format).file(file);
    }

    /** {@return the defaults: no access log} */
    public static AccessLogConfig defaults() {
        return of(new SettingValues());
    }

    /** Changes the access log, within {@link ServerConfig.Builder#accessLog}. */
    public static final class Builder {
        private final SettingValues values;

        Builder(SettingValues values) {
            this.values = values;
        }

        /**
         * {@return this}
         *
         * @param format of its lines
         */
        public Builder format(Format format) {
            values.set(FORMAT, format);
            return this;
        }

        /**
         * {@return this}
         *
         * @param file to which the lines are appended; {@code none} for standard output
         */
        public Builder file(String file) {
            values.set(FILE, file);
            return this;
        }
    }
}
