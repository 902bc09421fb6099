package io.streamkeeper.cluster.state;

import io.streamkeeper.cluster.ClusterConfig;
import io.streamkeeper.cluster.LogPosition;
import io.streamkeeper.cluster.MemberDirectory;
import io.streamkeeper.cluster.OtherMembers;
import io.streamkeeper.cluster.ReceivedLog;
import io.streamkeeper.storage.directory.DataDirectory;
import io.streamkeeper.storage.directory.FileTree;
import io.streamkeeper.storage.directory.LogPlace;
import io.streamkeeper.storage.directory.Manifest;
import io.streamkeeper.storage.directory.ObjectList;
import io.streamkeeper.storage.disk.Disk;
import io.streamkeeper.storage.disk.LocalDisk;
import io.streamkeeper.storage.extent.ExtentLayout;
import io.streamkeeper.storage.extent.LocalExtentFiles;
import io.streamkeeper.storage.journal.FileLog;
import io.streamkeeper.storage.recovery.LogToExtents;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the data directory of a server without a cluster that of the first member of a new one: its streams are the state
 * with which the log begins. Used by one thread, which may block, before the store is opened.
 *
 * <p>The directory of the member is made beside its place, with a state in it that is ready, see {@link Incoming}: second
 * names of the extent files, further ones of what only the journals have, and a log without an entry. It is in no way a
 * part of the store until everything in it is durable and it is renamed. So until then, whatever happens, the store is
 * what it was, and what was made is removed by the next start. From then on it is that of the member: no server without
 * a cluster opens it, and {@link StateInstall} does the rest, now or at the next start.
 *
 * <p>The only member of the new cluster is this one; others receive its state and are added. The group was never used
 * before. So no log of another cluster, also of a former one with the same name and members, is continued by it, or
 * continues it.
 */
public final class StateAdoption {
    private static final Logger LOG = LoggerFactory.getLogger(StateAdoption.class);

    /** The place of the state in the log; the entry before it has the members. */
    static final LogPosition START = new LogPosition(1, 1);

    /** What a test does between two steps. */
    interface Step {
        void before(String step) throws IOException;
    }

    private final Disk disk = new LocalDisk();
    private final ClusterConfig config;
    private final DataDirectory data;
    private final Path prepared;
    private final ClusterConfig preparing;
    private final Incoming incoming;
    private final Step steps;

    private StateAdoption(ClusterConfig config, Path data, Step steps) throws IOException {
        this.config = config;
        this.data = DataDirectory.read(disk, data);
        this.prepared = data.resolve(DataDirectory.CLUSTER_PREPARED);
        this.preparing = config.in(prepared);
        this.incoming = new Incoming(preparing);
        this.steps = steps;
    }

    /**
     * Makes a directory that of a member whose state is ready to be installed.
     *
     * @param data the data directory, which is locked and not open
     * @throws IOException if it cannot become that of a member; it is unchanged then
     */
    public static void run(ClusterConfig config, Path data) throws IOException {
        run(config, data, step -> {});
    }

    static void run(ClusterConfig config, Path data, Step steps) throws IOException {
        StateAdoption adoption = new StateAdoption(config, data, steps);
        adoption.requireAdoptable();
        FileTree.delete(adoption.disk, adoption.prepared);
        try {
            adoption.prepare();
        } catch (IOException e) {
            adoption.discard(e);
            throw e;
        }
        adoption.adopt();
    }

    private void requireAdoptable() throws IOException {
        OtherMembers.requireNone(config);
        requireNoDirectory();
        for (int shard = 0; shard < data.shards(); shard++) {
            Path directory = data.shard(shard);
            if (ObjectList.exists(disk, directory)) {
                ObjectList list = ObjectList.read(disk, directory);
                if (!list.isEmpty()) {
                    throw new IOException(ObjectList.in(directory) + " names objects at " + list.location()
                            + ", which are those of a server without a cluster; a member has objects of its own. Make a"
                            + " copy with the command backup and --tier " + list.location()
                            + ", which fetches them, and start the member with that");
                }
            }
            if (data.manifest(disk, shard).applied().index() >= 0) {
                throw new IOException(data.path() + " was that of a member of a cluster, and has lost the directory "
                        + DataDirectory.CLUSTER + " with its newest records; put it back");
            }
        }
    }

    /** A directory in the place of that of the member may be a mount point, and is removed if nothing is in it. */
    private void requireNoDirectory() throws IOException {
        Path place = config.directory();
        if (disk.exists(place)) {
            List<String> names = new ArrayList<>(disk.list(place));
            names.remove(DataDirectory.LOCK);
            if (!names.isEmpty()) {
                throw new IOException(place + " has \"" + names.get(0)
                        + "\" in it, but not the file NODE, which names its member; expected no such directory for a"
                        + " server that becomes a member");
            }
            FileTree.delete(disk, place);
        }
    }

    private void discard(IOException failure) {
        try {
            FileTree.delete(disk, prepared);
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }

    private void prepare() throws IOException {
        LOG.info(
                "{} of a server without a cluster becomes that of member {}, the first one of a new cluster {}: its"
                        + " files are checked",
                data.path(),
                config.self(),
                config.cluster());
        steps.before("member");
        MemberDirectory.join(preparing);
        for (int shard = 0; shard < data.shards(); shard++) {
            steps.before("shard " + shard);
            prepareShard(shard);
        }
        steps.before("log");
        StateDescription state = new StateDescription(
                UUID.randomUUID(), config.self(), UUID.randomUUID(), data.store(), data.shards(), START, List.of());
        new ReceivedLog(preparing, incoming.path(StateDescription.LOG), state.group()).begin(START);
        data.describe(disk, incoming.directory());
        steps.before("check");
        incoming.complete(state);
        FileTree.sync(disk, prepared);
    }

    private void prepareShard(int shard) throws IOException {
        Path from = data.shard(shard);
        Path to = new DataDirectory(incoming.directory(), data.store(), data.shards()).shard(shard);
        disk.createDirectories(DataDirectory.extents(to));
        Manifest manifest = data.manifest(disk, shard);
        for (Manifest.ExtentRef extent : manifest.extents()) {
            String name = ExtentLayout.name(extent.file());
            LocalDisk.link(
                    DataDirectory.extents(from).resolve(name),
                    DataDirectory.extents(to).resolve(name));
        }
        try (LogToExtents rest = new LogToExtents(
                from.toString(),
                new FileLog(disk, from, data.store(), shard),
                LocalExtentFiles.of(disk, from),
                manifest,
                LocalExtentFiles.of(disk, to))) {
            rest.write(START.index() + 1)
                    .appliedUpTo(new LogPlace(START.term(), START.index()))
                    .write(disk, to);
        }
    }

    /** From here on it is the directory of a member. */
    private void adopt() throws IOException {
        steps.before("rename");
        disk.rename(prepared, config.directory());
        steps.before("sync");
        disk.syncDirectory(data.path());
        LOG.info("{} is that of member {} of the cluster {} from now on", data.path(), config.self(), config.cluster());
    }
}
