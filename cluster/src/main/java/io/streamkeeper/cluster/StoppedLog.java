package io.streamkeeper.cluster;

import io.streamkeeper.storage.disk.Disk;
import java.io.IOException;
import java.nio.file.Path;

/**
 * The log of a member that does not run, which is only read. It ends with its last whole entry, whether that is committed
 * or not: an entry that was acknowledged by this member for a majority is in it, and what is not committed follows what
 * is. Used by one thread.
 */
public final class StoppedLog implements FrameSource {
    private final NodeIdentity identity;
    private final LogPosition start;
    private final LogPosition last;
    private final LogFrames frames;

    private StoppedLog(Disk disk, NodeIdentity identity, Path log, LogPosition start, LogPosition last) {
        this.identity = identity;
        this.start = start;
        this.last = last.index() < start.index() ? start : last;
        this.frames = new LogFrames(disk, log, this.last.index(), Integer.MAX_VALUE);
    }

    /**
     * The log of a member, which is checked.
     *
     * @param directory that of the member, of which no process has the lock
     * @param start the place up to which the state of the member contains all frames
     * @throws IOException if the log is damaged, or the member has none
     */
    public static StoppedLog open(Disk disk, Path directory, LogPosition start) throws IOException {
        NodeIdentity identity = NodeIdentity.of(disk, directory);
        if (!identity.started()) {
            throw new IOException(directory + " is that of member " + identity.member() + " of the cluster "
                    + identity.cluster() + ", which has never started, and so has no streams; expected that of a member"
                    + " that was ready");
        }
        Path log = NodeDirectory.log(directory, identity.group());
        return new StoppedLog(disk, identity, log, start, LogCheck.look(disk, log, start, identity.member()));
    }

    /** The name of the cluster. */
    public String cluster() {
        return identity.cluster();
    }

    /** The name of the member. */
    public String member() {
        return identity.member();
    }

    /** Its last entry. */
    public LogPosition last() {
        return last;
    }

    /** Index of the last entry that is known to be committed: later ones may be. */
    public long committed() throws IOException {
        return Math.min(last.index(), Math.max(start.index(), frames.committed()));
    }

    @Override
    public void replay(long firstIndex, Visitor visitor) throws IOException {
        frames.replay(firstIndex, visitor);
    }
}
