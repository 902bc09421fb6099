package io.streamkeeper.storage.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.storage.directory.DataDirectory;
import io.streamkeeper.storage.directory.SnapshotList;
import io.streamkeeper.storage.disk.Clock;
import io.streamkeeper.storage.disk.Disk;
import io.streamkeeper.storage.disk.DiskException;
import io.streamkeeper.storage.disk.DiskException.Operation;
import io.streamkeeper.storage.disk.SimulatedDisk;
import io.streamkeeper.storage.memory.Budget;
import io.streamkeeper.storage.tier.ScriptedObjects;
import io.streamkeeper.storage.tier.ScriptedObjects.Call;
import io.streamkeeper.storage.tier.ScriptedObjects.Fate;
import io.streamkeeper.storage.tier.SnapshotConfig;
import io.streamkeeper.storage.tier.StoredObjects;
import io.streamkeeper.storage.tier.Tier;
import io.streamkeeper.storage.tier.TierConfig;
import io.streamkeeper.storage.tool.SnapshotRestore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;

/**
 * An object store over all lives of a process, which is slow, fails, loses answers and returns damaged bytes as a seed
 * says. While an object is created, the other threads of the process work.
 */
final class TierScript {
    private static final String LOCATION = "s3://simulated";
    private static final int WINDOW_BYTES = 64;
    private static final List<Fate> FAULTS = List.of(Fate.REFUSED, Fate.ANSWER_LOST, Fate.DAMAGED);

    private final SimulatedDisk disk;
    private final ScriptedObjects store;
    private final Random random;
    private final Consumer<String> reach;

    /** One of so many calls goes wrong; 0 for none. */
    private int oneIn;

    private Runnable others = () -> {};

    TierScript(SimulatedDisk disk, ScriptedObjects store, Random random, Consumer<String> reach) {
        this.disk = disk;
        this.store = store;
        this.random = random;
        this.reach = reach;
        store.script(this::fate);
    }

    Tier tier(Disk tierDisk, Clock clock) {
        TierConfig config = new TierConfig(
                LOCATION,
                random.nextInt(2_000),
                random.nextBoolean() ? 0 : 2_000,
                random.nextBoolean() ? 0 : random.nextInt(20_000),
                0,
                random.nextInt(4_000),
                WINDOW_BYTES,
                (1 + random.nextInt(8)) * (long) WINDOW_BYTES,
                0,
                0);
        return new Tier(tierDisk, store, config, new Budget("tier", config.cacheBytesMax()), clock);
    }

    /** The tier of a process begins, of which the shards are open. */
    void begin(Tier tier, DataDirectory data, boolean takesSnapshots) throws IOException {
        tier.takeSnapshots(
                data, new SnapshotConfig(takesSnapshots ? 1 + random.nextInt(4_000) : 0, 1 + random.nextInt(3)));
    }

    void begin() {
        oneIn = random.nextInt(3) == 0 ? 1 : 1 + random.nextInt(10);
    }

    void end() {
        oneIn = 0;
    }

    void step(Tier tier, Runnable newOthers) {
        long before = tier.figures().removals();
        long snapshots = tier.figures().snapshots();
        others = newOthers;
        try {
            tier.step();
        } finally {
            others = () -> {};
        }
        if (tier.figures().removals() > before) {
            reach.accept("a local file is removed that has an object");
        }
        if (tier.figures().snapshots() > snapshots) {
            reach.accept("a snapshot is made");
        }
    }

    private Fate fate(Call call, String key) throws IOException {
        if (disk.isStopped()) {
            throw new DiskException(Operation.LOOK_UP, Path.of(key), "simulated: the world has stopped");
        }
        if (call == Call.CREATE) {
            others.run();
        }
        if (oneIn == 0 || random.nextInt(oneIn) > 0) {
            reach.accept("object store: " + call);
            return Fate.ANSWERED;
        }
        Fate fate = FAULTS.get(random.nextInt(FAULTS.size()));
        reach.accept("object store: " + call + " " + fate);
        return fate;
    }

    /** The objects, for tools. */
    StoredObjects objects() {
        return new StoredObjects(store, LOCATION);
    }

    /** Restores the newest snapshot, and verifies it; returns whether there is one. */
    boolean restore(Disk plain, Path data, Path target) throws IOException {
        if (!SnapshotList.exists(plain, data) || SnapshotList.read(plain, data).newest() == 0) {
            return false;
        }
        List<String> said = new ArrayList<>();
        new SnapshotRestore(plain, store, LOCATION, said::add).restore("", target);
        assertThat(said).as("what restore says").noneMatch(line -> line.startsWith("warning"));
        return true;
    }

    /**
     * Each object that a list names is there with its bytes, and each object that is there is in a list.
     *
     * @param data the data directory
     * @param shards the directories of all shards
     */
    void check(Disk plain, Path data, List<Path> shards) throws IOException {
        Set<String> known = new HashSet<>();
        if (SnapshotList.exists(plain, data)) {
            for (SnapshotList.Entry snapshot :
                    SnapshotList.read(plain, data).entries().values()) {
                known.add(snapshot.key());
                known.addAll(snapshot.names());
                if (snapshot.state() == SnapshotList.State.COMPLETE) {
                    assertThat(store.keys())
                            .as("objects of snapshot %s", snapshot.key())
                            .contains(snapshot.key())
                            .containsAll(snapshot.names());
                }
            }
        }
        for (Path shard : shards) {
            known.addAll(store.namedBy(plain, shard));
        }
        assertThat(known).as("objects that are known").containsAll(store.keys());
    }
}
