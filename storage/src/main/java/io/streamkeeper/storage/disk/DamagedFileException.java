package io.streamkeeper.storage.disk;

import java.io.IOException;
import java.nio.file.Path;

/**
 * A file does not contain the bytes that were durably written to it (I10). Nothing is repaired, skipped or deleted: the
 * message names file, position and remedy.
 */
public final class DamagedFileException extends IOException {
    private static final long serialVersionUID = 1L;

    /** Damage in {@code file} at byte {@code position}: {@code what} was found, and what was expected. */
    public DamagedFileException(Path file, long position, String what) {
        this(file.toString(), position, what);
    }

    /** The same for a file that messages call {@code file}. */
    public DamagedFileException(String file, long position, String what) {
        super(file + " is damaged at byte " + position + ": " + what
                + "; nothing was changed. Run the verify command to see all damage, and restore the data directory from a"
                + " backup");
    }
}
