package io.streamkeeper.cluster;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.streamkeeper.protocol.Digits;
import io.streamkeeper.storage.directory.FileTree;
import io.streamkeeper.storage.disk.Disk;
import io.streamkeeper.storage.disk.DiskFile;
import io.streamkeeper.storage.disk.LocalDisk;
import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.UUID;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftConfigurationProto;

/**
 * The log that a member has received from another one, with its state, before the Raft server runs. It takes the place of
 * the own log, which ends before it; the term and the vote of this member stay, because it must not vote twice. Used by
 * one thread, which may block.
 *
 * <p>All of it is committed. So an own entry that is not in it, or differs from it, is in no majority, and may go.
 */
public final class ReceivedLog {
    private static final String VOTE = "raft-meta";

    /** The name of the file with the members, in a log. */
    public static final String MEMBERS = "raft-meta.conf";

    private final Disk disk = new LocalDisk();
    private final ClusterConfig config;
    private final Path received;
    private final UUID group;
    private final Path current;

    /**
     * The log in a directory.
     *
     * @param received contains its files, as {@link LogSlice} names them, and {@value #MEMBERS}
     * @param group the group whose log it is
     */
    public ReceivedLog(ClusterConfig config, Path received, UUID group) {
        this.config = config;
        this.received = received;
        this.group = group;
        this.current = NodeDirectory.log(config.directory(), group);
    }

    /** The file of a member with the members of the cluster, which Ratis writes. */
    public static Path membersOf(ClusterConfig config) throws IOException {
        return NodeDirectory.log(config.directory(), MemberDirectory.groupOf(config))
                .resolve(MEMBERS);
    }

    /**
     * Writes a log without an entry, which begins after {@code start}, and whose only member is that of the
     * configuration; its content is durable then.
     *
     * @param start is after the entry of the members, which has index 0
     */
    public void begin(LogPosition start) throws IOException {
        Member self = config.members().stream()
                .filter(member -> member.name().equals(config.self()))
                .findAny()
                .orElseThrow();
        LogEntryProto members = LogEntryProto.newBuilder()
                .setTerm(start.term())
                .setIndex(0)
                .setConfigurationEntry(RaftConfigurationProto.newBuilder()
                        .addPeers(RaftMember.peerOf(self).getRaftPeerProto()))
                .build();
        disk.createDirectories(received);
        try (DiskFile file = disk.create(received.resolve(MEMBERS))) {
            file.writeFully(0, ByteBuffer.wrap(members.toByteArray()));
            file.sync();
        }
        disk.syncDirectory(received);
    }

    /**
     * Checks the received log.
     *
     * @param start the place that the received state has
     * @throws IOException if it is damaged, or does not begin where the state ends
     */
    public void check(LogPosition start) throws IOException {
        LogCheck.run(disk, received, start, config.self());
        Path members = received.resolve(MEMBERS);
        if (!LogEntryProto.parseFrom(contentOf(members)).hasConfigurationEntry()) {
            throw new IOException(members + " contains no members");
        }
    }

    /**
     * Whether the own log has the last entry of the received one, or begins after it: then it has everything that was
     * received, and is not replaced.
     */
    public boolean isNotNeeded(LogPosition end) throws IOException {
        List<SegmentFile> segments = SegmentFile.list(disk, current);
        if (!segments.isEmpty() && segments.get(0).first() > end.index()) {
            return true;
        }
        for (SegmentFile segment : segments) {
            boolean isBefore = !segment.isOpen() && segment.end() < end.index();
            if (!isBefore && segment.first() <= end.index() && has(segment, end)) {
                return true;
            }
        }
        return false;
    }

    private boolean has(SegmentFile segment, LogPosition end) throws IOException {
        try (DiskFile file = disk.open(segment.file())) {
            SegmentReader.Entry entry = new SegmentReader(file).find(end.index());
            return entry != null && entry.at().equals(end);
        }
    }

    /**
     * Puts the received log in the place of the own one; does nothing if that was done. After a crash at any point it is
     * called again.
     */
    public void install(LogPosition end) throws IOException {
        if (disk.exists(received)) {
            keepVote(end);
            FileTree.delete(disk, current);
            Path group = current.resolveSibling("");
            disk.createDirectories(group);
            disk.rename(received, current);
            disk.syncDirectory(group);
            disk.syncDirectory(group.resolveSibling(""));
            disk.syncDirectory(config.directory());
        }
        NodeIdentity.open(disk, config).markStarted(disk, config, group);
    }

    /** Writes the own term and vote into the received log; the term is that of its last entry at least. */
    private void keepVote(LogPosition end) throws IOException {
        Path own = current.resolve(VOTE);
        Path kept = received.resolve(VOTE);
        if (!disk.exists(own) && disk.exists(kept)) {
            return;
        }
        Properties vote = new Properties();
        if (disk.exists(own)) {
            vote.load(new StringReader(ISO_8859_1.decode(contentOf(own)).toString()));
        }
        long term = Digits.toLong(vote.getProperty("term", "0"));
        String votedFor = term < end.term() ? "" : vote.getProperty("votedFor", "");
        String text = "term=" + Math.max(term, end.term()) + "\nvotedFor=" + votedFor + "\n";
        Path temporary = received.resolve(VOTE + ".new");
        if (disk.exists(temporary)) {
            disk.delete(temporary);
        }
        try (DiskFile file = disk.create(temporary)) {
            file.writeFully(0, ISO_8859_1.encode(text));
            file.sync();
        }
        disk.replace(temporary, kept);
    }

    private ByteBuffer contentOf(Path path) throws IOException {
        try (DiskFile file = disk.open(path)) {
            ByteBuffer bytes = ByteBuffer.allocate((int) file.size());
            file.readFully(0, bytes);
            return bytes.flip();
        }
    }
}
