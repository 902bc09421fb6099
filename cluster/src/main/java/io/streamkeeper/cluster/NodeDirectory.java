package io.streamkeeper.cluster;

import java.nio.file.Path;
import java.util.UUID;

/**
 * The layout of the directory of a member.
 *
 * <pre>
 *   LOCK                    a second process is refused
 *   NODE                    who the member is, see {@link NodeIdentity}, with the GROUP
 *   raft/GROUP/current/     the log, in the files of Ratis
 *       log_FIRST-LAST      a complete segment, with the entries of these indexes
 *       log_inprogress_N    the segment that is written
 *       raft-meta           the newest term, and for whom the member voted in it
 *       raft-meta.conf      the members
 * </pre>
 */
final class NodeDirectory {
    private NodeDirectory() {}

    static Path raft(Path directory) {
        return directory.resolve("raft");
    }

    /** Contains the files of the log. */
    static Path log(Path directory, UUID group) {
        return raft(directory).resolve(group.toString()).resolve("current");
    }

    static Path node(Path directory) {
        return directory.resolve("NODE");
    }
}
