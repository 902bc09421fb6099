package io.streamkeeper.cluster;

import io.streamkeeper.protocol.Quoted;
import io.streamkeeper.storage.directory.TextFile;
import io.streamkeeper.storage.disk.DamagedFileException;
import io.streamkeeper.storage.disk.Disk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.UUID;

/**
 * Who the member is to which a directory belongs: the file {@code NODE} of these lines, the last of which is the CRC32C
 * of the others. It is written before anything else of the member, and replaced as a whole.
 *
 * <pre>
 *   streamkeeper-node 1
 *   cluster NAME
 *   member NAME
 *   directory UUID          chosen when the directory was created: a name is used for one directory only
 *   state STAGE             new, joining, or started: see {@link Stage}
 *   crc32c 0123abcd
 * </pre>
 *
 * @param cluster the name of the cluster
 * @param member the name of the member
 * @param directory identifies this directory among all that were used with that name
 * @param stage how far it has come
 */
record NodeIdentity(String cluster, String member, UUID directory, Stage stage) {
    private static final String FIRST = "streamkeeper-node 1";

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
        NodeIdentity created = new NodeIdentity(config.cluster(), config.self(), UUID.randomUUID(), stage);
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

    /** Records that the member has started. */
    void markStarted(Disk disk, ClusterConfig config) throws IOException {
        if (!started()) {
            new NodeIdentity(cluster, member, directory, Stage.STARTED)
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
        TextFile.write(
                disk,
                file,
                List.of(
                        FIRST,
                        "cluster " + cluster,
                        "member " + member,
                        "directory " + directory,
                        "state " + stage.name().toLowerCase(Locale.ROOT)));
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
        if (!lines.get(0).equals(FIRST)) {
            throw new IOException(file + " begins with " + Quoted.of(lines.get(0)) + "; expected " + Quoted.of(FIRST));
        }
        return new NodeIdentity(
                TextFile.value(file, lines, "cluster"),
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
