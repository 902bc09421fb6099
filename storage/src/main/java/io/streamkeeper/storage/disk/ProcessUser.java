package io.streamkeeper.storage.disk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The user that the process runs as. File access depends on the number; a name may be missing, as in a container image
 * without an entry for the number.
 *
 * @param name as the system reports it; the number if it reports none
 * @param id its number, or -1 if the system reports none
 */
public record ProcessUser(String name, int id) {
    /** {@return the user of this process} */
    public static ProcessUser current() {
        int id = -1;
        try {
            // The effective user owns this entry; the JDK has no method that returns the user.
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
