package io.streamkeeper.storage.disk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The user that the process runs as. The number is what counts for files; a name may be missing, as in an image that
 * has no entry for the number.
 *
 * @param name as the system has it; the number where it has none
 * @param id its number, or -1 where the system reports none
 */
public record ProcessUser(String name, int id) {
    /** {@return the user of this process} */
    public static ProcessUser current() {
        int id = -1;
        try {
            // The effective user owns its entry there; the JDK has no call for it.
            if (Files.getAttribute(Path.of("/proc/self"), "unix:uid") instanceof Integer found) {
                id = found;
            }
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
            id = -1;
        }
        String name = System.getProperty("user.name", "?");
        return new ProcessUser(name.equals("?") && id >= 0 ? "user " + id : name, id);
    }

    @Override
    public String toString() {
        return name + (id < 0 ? "" : " (uid " + id + ")");
    }
}
