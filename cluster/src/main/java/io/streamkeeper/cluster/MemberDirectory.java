package io.streamkeeper.cluster;

import io.streamkeeper.storage.directory.DirectoryLock;
import io.streamkeeper.storage.disk.Disk;
import io.streamkeeper.storage.disk.LocalDisk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.UUID;

/**
 * The directory of a member, locked, and its log, checked: from it a start reads the frames that are in the state of
 * some shard, before the Raft server runs. Used by one thread.
 */
public final class MemberDirectory implements FrameSource, AutoCloseable {
    private final Disk disk;
    private final ClusterConfig config;
    private final LogPosition start;
    private final DirectoryLock lock;
    private final NodeIdentity identity;
    private final LogPosition last;

    private MemberDirectory(
            Disk disk,
            ClusterConfig config,
            LogPosition start,
            DirectoryLock lock,
            NodeIdentity identity,
            LogPosition last) {
        this.disk = disk;
        this.config = config;
        this.start = start;
        this.lock = lock;
        this.identity = identity;
        this.last = last;
    }

    /**
     * Creates the directory of a member: once for each member when a cluster is formed, and never again under the same
     * name. A member that started with an empty directory under the name of an earlier one could vote twice in a term,
     * and would lack what the earlier one has acknowledged.
     *
     * @return identifies the directory among all that are used with that name
     * @throws IOException if the directory cannot be created, or belongs to a member already
     */
    static String create(ClusterConfig config) throws IOException {
        Disk disk = new LocalDisk();
        DirectoryLock lock = DirectoryLock.take(disk, config.directory());
        try {
            return NodeIdentity.create(disk, config, NodeIdentity.Stage.NEW)
                    .directory()
                    .toString();
        } finally {
            lock.close();
        }
    }

    /**
     * Creates the directory of a member that receives the state of a cluster before it starts, unless that was done.
     *
     * @return whether it has not received the state yet
     * @throws IOException if the directory belongs to another member, or cannot be used
     */
    public static boolean join(ClusterConfig config) throws IOException {
        Disk disk = new LocalDisk();
        DirectoryLock lock = DirectoryLock.take(disk, config.directory());
        try {
            NodeIdentity identity = disk.exists(NodeDirectory.node(config.directory()))
                    ? NodeIdentity.open(disk, config)
                    : NodeIdentity.create(disk, config, NodeIdentity.Stage.JOINING);
            return identity.stage() == NodeIdentity.Stage.JOINING;
        } finally {
            lock.close();
        }
    }

    /**
     * Requires that a member can have the state of a cluster: one with a log of its own is in one group for ever.
     *
     * @param group that of the state
     * @throws IOException if it is in another one
     */
    public static void requireGroup(ClusterConfig config, UUID group) throws IOException {
        NodeIdentity identity = NodeIdentity.open(new LocalDisk(), config);
        if (identity.started() && !identity.group().equals(group)) {
            throw new IOException("the state is of another cluster with the name " + config.cluster()
                    + " than member " + config.self() + ": that one is in the group " + group + ", and this one in "
                    + identity.group());
        }
    }

    /** The group of the member of a directory, which identifies the log of its cluster. */
    public static UUID groupOf(ClusterConfig config) throws IOException {
        return NodeIdentity.groupOf(new LocalDisk(), config);
    }

    /** Whether a directory belongs to a member. */
    public static boolean exists(Path directory) throws IOException {
        return new LocalDisk().exists(NodeDirectory.node(directory));
    }

    /**
     * Locks the directory of a member, and checks its log.
     *
     * @param start the place up to which the state of the member contains all frames
     * @throws IllegalArgumentException if an option is not valid
     * @throws IOException if the directory cannot be used; the message contains the file and what to do
     */
    public static MemberDirectory open(ClusterConfig config, LogPosition start) throws IOException {
        Disk disk = new LocalDisk();
        RaftSettings.of(config);
        PeerTls tls = config.tls();
        if (tls != null) {
            tls.requireFiles();
        }
        DirectoryLock lock = DirectoryLock.take(disk, config.directory());
        try {
            NodeIdentity identity = NodeIdentity.open(disk, config);
            Path log = NodeDirectory.log(config.directory(), identity.group());
            LogPosition last = LogCheck.run(disk, log, start, config.self());
            return new MemberDirectory(disk, config, start, lock, identity, last);
        } catch (IOException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    Disk disk() {
        return disk;
    }

    ClusterConfig config() {
        return config;
    }

    LogPosition start() {
        return start;
    }

    /** Identifies the log of the cluster. */
    UUID group() {
        return identity.group();
    }

    /** Index of the last entry of the log, which need not be committed; that of the start at least. */
    public long last() {
        return Math.max(start.index(), last.index());
    }

    /** Chosen when the directory was created, for this directory only. */
    public UUID identity() {
        return identity.directory();
    }

    void markStarted() throws IOException {
        identity.markStarted(disk, config, identity.group());
    }

    /** Reads the frames up to the start, which are committed. */
    @Override
    public void replay(long firstIndex, Visitor visitor) throws IOException {
        Path log = NodeDirectory.log(config.directory(), identity.group());
        new LogFrames(disk, log, start.index(), config.limits().frameBytesMax()).replay(firstIndex, visitor);
    }

    @Override
    public void close() throws IOException {
        lock.close();
    }
}
