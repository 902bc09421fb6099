package io.streamkeeper.cluster;

import io.streamkeeper.cluster.EntryLayout.UnreadableEntryException;
import io.streamkeeper.storage.directory.DirectoryLock;
import io.streamkeeper.storage.disk.Disk;
import io.streamkeeper.storage.disk.DiskFile;
import io.streamkeeper.storage.disk.LocalDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.jspecify.annotations.Nullable;

/**
 * The directory of a member, locked, and its log, checked: from it a start reads the frames that are in the state of
 * some shard, before the Raft server runs. Used by one thread.
 */
public final class MemberDirectory implements AutoCloseable {
    /** Takes the frames of the log in their order. */
    public interface FrameVisitor {
        /**
         * A frame, which is committed.
         *
         * @param from index of the first entry after the frame before it
         * @param at the place of its last part
         * @param frame the bytes, read-only; valid until the method returns
         */
        void frame(long from, LogPosition at, ByteBuffer frame) throws IOException;
    }

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
            LogPosition last = LogCheck.run(disk, log(config), start, config.self());
            return new MemberDirectory(disk, config, start, lock, identity, last);
        } catch (IOException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    private static Path log(ClusterConfig config) {
        return NodeDirectory.log(config.directory(), RaftNode.groupOf(config));
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

    /** Index of the last entry of the log, which need not be committed; that of the start at least. */
    public long last() {
        return Math.max(start.index(), last.index());
    }

    void markStarted() throws IOException {
        identity.markStarted(disk, config);
    }

    /**
     * Reads the frames up to the start.
     *
     * @param firstIndex entries before it are not read; a frame that has a part before it is left out
     * @throws IOException if the log cannot be read, or ends before the start
     */
    public void replay(long firstIndex, FrameVisitor visitor) throws IOException {
        Path directory = log(config);
        FrameParts parts = new FrameParts(config.limits().frameBytesMax());
        long from = firstIndex;
        for (SegmentFile segment : SegmentFile.list(disk, directory)) {
            boolean isBefore = !segment.isOpen() && segment.end() < firstIndex;
            if (isBefore || segment.first() > start.index()) {
                continue;
            }
            try (DiskFile file = disk.open(segment.file())) {
                SegmentReader reader = new SegmentReader(file);
                for (SegmentReader.Entry entry = reader.next();
                        entry != null && entry.at().index() <= start.index();
                        entry = reader.next()) {
                    ByteBuffer frame = entry.at().index() < firstIndex ? null : add(parts, entry);
                    if (frame != null) {
                        visitor.frame(from, entry.at(), frame);
                        from = entry.at().index() + 1;
                    }
                }
            }
        }
    }

    private static @Nullable ByteBuffer add(FrameParts parts, SegmentReader.Entry entry) throws IOException {
        LogEntryProto proto = LogEntryProto.parseFrom(entry.body());
        if (!proto.hasStateMachineLogEntry()) {
            parts.termIs(entry.at().term());
            return null;
        }
        try {
            return parts.add(
                    entry.at(), proto.getStateMachineLogEntry().getLogData().asReadOnlyByteBuffer());
        } catch (UnreadableEntryException e) {
            throw new IOException(
                    "the entry " + entry.at() + " of the log cannot be read: " + e.getMessage()
                            + "; start this member with the version that wrote it, and with its limits",
                    e);
        }
    }

    @Override
    public void close() throws IOException {
        lock.close();
    }
}
