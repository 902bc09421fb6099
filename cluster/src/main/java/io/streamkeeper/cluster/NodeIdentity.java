package io.streamkeeper.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.streamkeeper.protocol.Quoted;
import io.streamkeeper.storage.directory.TextFile;
import io.streamkeeper.storage.disk.DamagedFileException;
import io.streamkeeper.storage.disk.Disk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.UUID;

/**
 * Who the member is to which a directory belongs: the file {@code NODE} of these lines, the last of which is the CRC32C
 * of the others. It is written before anything else of the member, and replaced as a whole.
 *
 * <pre>
 *   streamkeeper-node 1     or 2, if the group is not the one of the name
 *   cluster NAME
 *   group UUID              only then
 *   member NAME
 *   directory UUID          chosen when the directory was created: a name is used for one directory only
 *   state STAGE             new, joining, or started: see {@link Stage}
 *   crc32c 0123abcd
 * </pre>
 *
 * <p>Members take part in the log of their group only. That of a cluster that begins without a state follows from its
 * name, so that the members agree on it before they have met. A cluster that begins with the state of a server has a
 * group that was never used before: no log of another cluster of that name can be continued by it.
 *
 * @param cluster the name of the cluster
 * @param group identifies the log of the cluster, for Ratis
 * @param member the name of the member
 * @param directory identifies this directory among all that were used with that name
 * @param stage how far it has come
 */
record NodeIdentity(String cluster, UUID group, String member, UUID directory, Stage stage) {
    private static final String OF_NAME = "streamkeeper-node 1";
    private static final String OF_GROUP = "streamkeeper-node 2";

    /** How far a member has come. */
    enum Stage {
        /** It was created with the cluster, and has never started. */
        NEW,
        /** It was created for a cluster that exists, and has not received its state yet. */
        JOINING,
        /** It has started, or received the state: there is a log. */
        STARTED
    }

    /**
     * Creates the identity of a member in a directory that has none.
     *
     * @param stage {@link Stage#NEW} or {@link Stage#JOINING}
     * @throws IOException if the directory belongs to a member already
     */
    static NodeIdentity create(Disk disk, ClusterConfig config, Stage stage) throws IOException {
        Path file = NodeDirectory.node(config.directory());
        if (disk.exists(file) || disk.exists(NodeDirectory.raft(config.directory()))) {
            throw new IOException(
                    config.directory() + " belongs to a member already; expected an empty directory for a new one");
        }
        NodeIdentity created = new NodeIdentity(
                config.cluster(), groupOfName(config.cluster()), config.self(), UUID.randomUUID(), stage);
        created.write(disk, file);
        return created;
    }

    /**
     * The identity of the directory of a configuration.
     *
     * @throws IOException if it has none, or belongs to another member
     */
    static NodeIdentity open(Disk disk, ClusterConfig config) throws IOException {
        Path file = NodeDirectory.node(config.directory());
        if (!disk.exists(file)) {
            throw new IOException(lost(config.directory() + " has no file NODE, which names its member", config)
                    + ". The directories of a new cluster are created before the first start");
        }
        NodeIdentity found = read(disk, file);
        found.requireThatOf(config);
        if (found.started() && !disk.exists(NodeDirectory.raft(config.directory()))) {
            throw new IOException(lost(NodeDirectory.raft(config.directory()) + " does not exist", config));
        }
        return found;
    }

    /** The group of a cluster that began without a state. */
    static UUID groupOfName(String cluster) {
        return UUID.nameUUIDFromBytes(cluster.getBytes(UTF_8));
    }

    /**
     * The group to which the directory of a configuration belongs; that of the name if it has no identity.
     *
     * @throws IOException if the identity cannot be read
     */
    static UUID groupOf(Disk disk, ClusterConfig config) throws IOException {
        Path file = NodeDirectory.node(config.directory());
        return disk.exists(file) ? read(disk, file).group : groupOfName(config.cluster());
    }

    /** The identity of a directory, of any member. */
    static NodeIdentity of(Disk disk, Path directory) throws IOException {
        return read(disk, NodeDirectory.node(directory));
    }

    private static String lost(String what, ClusterConfig config) {
        return what
                + ": the disk was lost, is not mounted, or was copied in part. A member that has lost its disk must not"
                + " start again, because it has forgotten for whom it voted and what it has acknowledged: "
                + replacement(config.self());
    }

    /** Whether the member has started, and so has a log. */
    boolean started() {
        return stage == Stage.STARTED;
    }

    /** Records that the member has started, in a group: that is never another one than before, once it has. */
    void markStarted(Disk disk, ClusterConfig config, UUID inGroup) throws IOException {
        if (!started()) {
            new NodeIdentity(cluster, inGroup, member, directory, Stage.STARTED)
                    .write(disk, NodeDirectory.node(config.directory()));
        }
    }

    /** What to do for a member whose directory cannot be used. */
    static String replacement(String member) {
        return "replace member " + member + " by one with another name and an empty directory";
    }

    private void requireThatOf(ClusterConfig config) throws IOException {
        if (!cluster.equals(config.cluster()) || !member.equals(config.self())) {
            throw new IOException(config.directory() + " belongs to member " + member + " of the cluster "
                    + Quoted.of(cluster) + ", and not to " + config.self() + " of " + Quoted.of(config.cluster()));
        }
    }

    private void write(Disk disk, Path file) throws IOException {
        boolean isOfName = group.equals(groupOfName(cluster));
        List<String> lines = new ArrayList<>(List.of(isOfName ? OF_NAME : OF_GROUP, "cluster " + cluster));
        if (!isOfName) {
            lines.add("group " + group);
        }
        lines.add("member " + member);
        lines.add("directory " + directory);
        lines.add("state " + stage.name().toLowerCase(Locale.ROOT));
        TextFile.write(disk, file, lines);
    }

    private static NodeIdentity read(Disk disk, Path file) throws IOException {
        List<String> lines;
        try {
            lines = TextFile.read(disk, file);
        } catch (DamagedFileException e) {
            throw new IOException(
                    file + " is damaged: the checksum in its last line does not match; restore the file, or"
                            + " replace the member by one with another name and an empty directory",
                    e);
        }
        boolean isOfGroup = lines.get(0).equals(OF_GROUP);
        if (!isOfGroup && !lines.get(0).equals(OF_NAME)) {
            throw new IOException(file + " begins with " + Quoted.of(lines.get(0)) + "; expected " + Quoted.of(OF_NAME)
                    + " or " + Quoted.of(OF_GROUP));
        }
        String cluster = TextFile.value(file, lines, "cluster");
        return new NodeIdentity(
                cluster,
                isOfGroup ? UUID.fromString(TextFile.value(file, lines, "group")) : groupOfName(cluster),
                TextFile.value(file, lines, "member"),
                UUID.fromString(TextFile.value(file, lines, "directory")),
                stageOf(file, TextFile.value(file, lines, "state")));
    }

    private static Stage stageOf(Path file, String word) throws IOException {
        for (Stage stage : Stage.values()) {
            if (stage.name().toLowerCase(Locale.ROOT).equals(word)) {
                return stage;
            }
        }
        throw new IOException(file + " has the state " + Quoted.of(word) + "; expected one of "
                + Arrays.toString(Stage.values()).toLowerCase(Locale.ROOT));
    }
}
