package io.streamkeeper.server.setting;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/**
 * A path of the file system. An empty one is refused: it would name the current directory, and comes from a variable of
 * a script that is not set.
 *
 * @param label what help shows in the place of a value
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
