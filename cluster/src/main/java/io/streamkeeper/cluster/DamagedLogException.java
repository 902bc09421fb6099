package io.streamkeeper.cluster;

import java.io.IOException;
import java.nio.file.Path;

/**
 * The log of a member does not contain what was durably written to it (I10). Nothing was repaired or deleted: the message
 * contains the file, the position, and what to do.
 */
public final class DamagedLogException extends IOException {
    private static final long serialVersionUID = 1L;

    DamagedLogException(Path file, long position, String what, String member) {
        super(file + " is damaged at byte " + position + ": " + what + "; nothing was changed. The other members have"
                + " the log: move the directory of this member away, and " + NodeIdentity.replacement(member));
    }
}
