package io.streamkeeper.server.config;

import io.streamkeeper.server.setting.Text;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The value of a setting that names a file, or none. */
final class OptionalFile {
    /** The value for no file. */
    static final String NONE = "none";

    /** The type of such a setting. */
    static final Text TYPE = type("none, or the path of a file");

    private OptionalFile() {}

    /** The type of such a setting, whose errors say that {@code expected} was expected. */
    static Text type(String expected) {
        return new Text("FILE", ".*\\S.*", expected);
    }

    /** The path that a value names; null for none. */
    static @Nullable Path path(String value) {
        return value.equals(NONE) ? null : Path.of(value);
    }
}
