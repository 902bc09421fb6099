package io.streamkeeper.cluster.state;

import io.streamkeeper.cluster.ClusterConfig;
import io.streamkeeper.cluster.ReceivedLog;
import io.streamkeeper.storage.directory.DataDirectory;
import io.streamkeeper.storage.directory.FileTree;
import io.streamkeeper.storage.directory.ObjectList;
import io.streamkeeper.storage.directory.SnapshotList;
import io.streamkeeper.storage.disk.Clock;
import io.streamkeeper.storage.disk.Disk;
import io.streamkeeper.storage.disk.LocalDisk;
import java.io.IOException;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts a state that is ready in the place of the own one, before the store is opened. Used by one thread, which may
 * block.
 *
 * <p>The mark {@code READY} decides. With it, a start does what is left to do, however often it crashes there; the order
 * of the steps is such that each can be repeated, and that it can be seen which were done. The mark goes last, after
 * everything is durable. A received directory that is there takes the place of the own one; one that is not there has done
 * so.
 */
public final class StateInstall {
    private static final Logger LOG = LoggerFactory.getLogger(StateInstall.class);

    /** What a test does between two steps. */
    interface Step {
        void before(String step) throws IOException;
    }

    private final Disk disk = new LocalDisk();
    private final ClusterConfig config;
    private final Path data;
    private final Incoming incoming;
    private final Step steps;

    private StateInstall(ClusterConfig config, Path data, Step steps) {
        this.config = config;
        this.data = data;
        this.incoming = new Incoming(config);
        this.steps = steps;
    }

    /** Whether a state is ready. */
    public static boolean isDue(ClusterConfig config) throws IOException {
        return new Incoming(config).ready() != null;
    }

    /** Whether a state is ready for the member of a directory. */
    public static boolean isDue(Path memberDirectory) throws IOException {
        return Incoming.isReady(new LocalDisk(), memberDirectory);
    }

    /** Removes what was received of a state that is not needed any more. */
    public static void discard(ClusterConfig config) throws IOException {
        new Incoming(config).clear();
    }

    /**
     * Installs the state that is ready; does nothing if there is none.
     *
     * @param data the data directory, which is locked and not open
     */
    public static void run(ClusterConfig config, Path data) throws IOException {
        run(config, data, step -> {});
    }

    static void run(ClusterConfig config, Path data, Step steps) throws IOException {
        new StateInstall(config, data, steps).run();
    }

    private void run() throws IOException {
        StateDescription state = incoming.ready();
        if (state == null) {
            return;
        }
        ReceivedLog log = new ReceivedLog(config, incoming.path(StateDescription.LOG), state.group());
        if (!hasBegun(state) && log.isNotNeeded(state.end())) {
            LOG.info("the state of member {} is not needed any more, and is removed", state.member());
            incoming.clear();
            return;
        }
        LOG.info("the state of member {}, up to {}, takes the place of the own one", state.member(), state.end());
        installShards(state);
        installFile(StateDescription.LEADER, config.directory());
        installFile(StateDescription.FORMAT, data);
        forgetSnapshots();
        disk.syncDirectory(data);
        steps.before("log");
        log.install(state.end());
        steps.before("mark");
        incoming.clear();
    }

    /** Whether a step was done. */
    private boolean hasBegun(StateDescription state) throws IOException {
        DataDirectory received = new DataDirectory(incoming.directory(), state.store(), state.shards());
        for (int shard = 0; shard < state.shards(); shard++) {
            if (!disk.exists(received.shard(shard))) {
                return true;
            }
        }
        return false;
    }

    private void installShards(StateDescription state) throws IOException {
        DataDirectory received = new DataDirectory(incoming.directory(), state.store(), state.shards());
        DataDirectory own = new DataDirectory(data, state.store(), state.shards());
        for (int shard = 0; shard < state.shards(); shard++) {
            if (disk.exists(received.shard(shard))) {
                steps.before("objects of shard " + shard);
                keepList(state, shard, own.shard(shard), received.shard(shard));
                steps.before("delete shard " + shard);
                FileTree.delete(disk, own.shard(shard));
                steps.before("shard " + shard);
                disk.rename(received.shard(shard), own.shard(shard));
            }
        }
        for (int shard = state.shards(); disk.exists(own.shard(shard)); shard++) {
            FileTree.delete(disk, own.shard(shard));
        }
        disk.syncDirectory(data);
        disk.syncDirectory(incoming.directory());
    }

    /**
     * The objects of the own extents are not needed any more, and no other list names them: they go into a list beside
     * the received extents, none of which has an object of this member.
     */
    private void keepList(StateDescription state, int shard, Path own, Path received) throws IOException {
        if (!ObjectList.exists(disk, own)) {
            return;
        }
        ObjectList former = ObjectList.read(disk, own);
        ObjectList.empty(state.store(), shard, former.location())
                .inherit(former, Clock.SYSTEM.nowMillis())
                .write(disk, received);
    }

    /**
     * A member makes no snapshots. Those of a former server without a cluster stay in the object store, where they can
     * be restored; no member deletes them, and none reports how old they are.
     */
    private void forgetSnapshots() throws IOException {
        if (SnapshotList.exists(disk, data)) {
            steps.before("snapshots");
            disk.delete(SnapshotList.in(data));
        }
    }

    private void installFile(String name, Path directory) throws IOException {
        if (disk.exists(incoming.path(name))) {
            steps.before(name);
            disk.rename(incoming.path(name), directory.resolve(name));
            disk.syncDirectory(directory);
        }
    }
}
