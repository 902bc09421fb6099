package io.streamkeeper.server.setting;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/**
 * A setting type for paths of the file system. An empty path is refused: it would name the current directory, and
 * typically results from an unset variable of a script.
 *
 * @param label the placeholder that help shows for a value
 */
public record PathName(String label) implements SettingType<Path> {
    @Override
    public Path parse(String written) {
        if (written.isBlank()) {
            throw new IllegalArgumentException(
                    "'" + written + "' is no path; expected one, . for the current directory");
        }
        try {
            return Path.of(written);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("'" + written + "' is not a path: " + e.getReason(), e);
        }
    }
}
