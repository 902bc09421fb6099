package io.streamkeeper.storage.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.storage.ManualClock;
import io.streamkeeper.storage.directory.DataDirectory;
import io.streamkeeper.storage.directory.LogPlace;
import io.streamkeeper.storage.disk.SimulatedDisk;
import io.streamkeeper.storage.extent.ExtentFiles;
import io.streamkeeper.storage.journal.Journal;
import io.streamkeeper.storage.journal.ReplicatedLog;
import io.streamkeeper.storage.journal.ShardLog;
import io.streamkeeper.storage.journal.ShardThreads;
import io.streamkeeper.storage.memory.ReadBudget;
import io.streamkeeper.storage.provider.ShardIdentity;
import io.streamkeeper.storage.provider.StorageProvider;
import io.streamkeeper.storage.record.Lineage;
import io.streamkeeper.storage.record.LogRecord;
import io.streamkeeper.storage.record.StreamMeta;
import io.streamkeeper.storage.recovery.FileShard;
import io.streamkeeper.storage.recovery.RecoveredForks;
import io.streamkeeper.storage.recovery.StorageConfig;
import io.streamkeeper.storage.shard.ShardStore;
import io.streamkeeper.storage.simulation.Reach;
import io.streamkeeper.storage.simulation.Threads;
import io.streamkeeper.storage.tier.SnapshotConfig;
import io.streamkeeper.storage.tier.Tier;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One of the machines: a directory with its extents, and the shards of each of its lives. */
final class Machine implements StorageProvider, ReplicatedLog.Shards {
    private static final Path DATA = Path.of("/data");

    /** Few, so that commands come between two pieces of what became durable together. */
    private static final int PIECE_RECORDS = 2;

    /** A shard and the thread that owns it. */
    record Shard(int number, ShardStore store, Executor loop) {}

    final ManualClock clock;
    final ReplicatedLog.Member log;
    final List<Shard> shards = new ArrayList<>();
    private final String name;
    private final Random random;
    private final SimulatedDisk disk;
    private final StorageConfig config;
    private final int shardCount;
    private final States states;
    private final Reach reach;

    /** The state after each record that this machine has staged and that has no fate, by shard and lsn. */
    private final Map<Integer, NavigableMap<Long, Map<Long, StreamMeta>>> staged = new HashMap<>();

    /** Where the extents of some seeds have copies; null for others. */
    private final @Nullable MachineObjects objects;

    Threads threads;
    private ReadBudget reads;
    private @Nullable Tier tier;

    Machine(
            String name,
            Random random,
            ReplicatedLog log,
            int shardCount,
            StorageConfig config,
            ManualClock clock,
            States states,
            Reach reach,
            @Nullable MachineObjects objects)
            throws IOException {
        this.objects = objects;
        this.name = name;
        this.random = random;
        this.log = log.join();
        this.shardCount = shardCount;
        this.config = config;
        this.clock = clock;
        this.states = states;
        this.reach = reach;
        disk = new SimulatedDisk(random);
        disk.createDirectories(DATA);
        DataDirectory.open(disk, DATA, 0, shardCount, false);
        disk.syncDirectory(DATA);
    }

    /** Whether it runs. */
    boolean isUp() {
        return threads != null;
    }

    void start() throws IOException {
        DataDirectory data = DataDirectory.open(disk, DATA, 0, shardCount, true);
        LogPlace applied = LogPlace.NONE;
        for (int i = 0; i < shardCount; i++) {
            LogPlace ofShard = data.manifest(disk, i).applied();
            applied = ofShard.index() > applied.index() ? ofShard : applied;
        }
        log.start(this, applied);
        threads = new Threads(random, thrown -> {
            throw new AssertionError("a task of " + name + " has failed: " + thrown, thrown);
        });
        reads = new ReadBudget(1 << 26);
        tier = objects == null ? null : objects.tier(disk, clock, keysBelow());
        Executor background = threads.thread();
        for (int i = 0; i < shardCount; i++) {
            Executor loop = threads.thread();
            ShardThreads own = new ShardThreads(loop, threads.thread(), background, threads.thread());
            ShardStore store = FileShard.open(
                    disk,
                    data,
                    i,
                    config,
                    this,
                    own,
                    reads,
                    clock,
                    (path, generation, done) -> release(path, generation, loop, done));
            store.publishIn(loop, PIECE_RECORDS);
            shards.add(new Shard(i, store, loop));
        }
        if (tier != null) {
            tier.takeSnapshots(data, new SnapshotConfig(0, 1));
        }
        assertThat(RecoveredForks.connect(shards.stream().map(Shard::store).toList()))
                .as("what forks have lost on %s", name)
                .isEmpty();
        for (Shard shard : shards) {
            if (data.manifest(disk, shard.number()).checkpointLsn() > 0) {
                reach.hit("a start from a checkpoint");
            }
            shard.store().settle();
            states.check(shard.number(), shard.store().lastLsn(), States.of(shard.store()), this);
        }
    }

    /** Ends in the middle of what it does; the disk keeps what the kernel has, or what was synced. */
    void kill() {
        log.end();
        disk.stop();
        threads.stop();
        threads = null;
        tier = null;
        shards.clear();
        staged.clear();
        if (random.nextBoolean()) {
            disk.cutPower();
        }
        disk.killProcess();
    }

    /** Ends by itself: everything that waits is done. */
    void stop() {
        shards.forEach(shard -> shard.loop().execute(shard.store()::close));
        threads.runAll();
        disk.killProcess();
    }

    private void release(StreamPath source, long generation, Executor caller, Runnable done) {
        Shard owner = of(source);
        owner.loop().execute(() -> owner.store().releaseSource(generation, () -> caller.execute(done)));
    }

    Shard of(StreamPath path) {
        return shards.get(path.shard(shards.size()));
    }

    private String keysBelow() {
        return name.replace(' ', '-') + "/";
    }

    /** What the thread of the tier does in one turn. */
    void stepTier() {
        if (tier != null) {
            long before = tier.figures().removals();
            tier.step();
            if (tier.figures().removals() > before) {
                reach.hit("an extent is only in the object store");
            }
        }
    }

    /** Whether a read may fail because the object store does not answer. */
    boolean mayBeAway() {
        return tier != null;
    }

    /** Whether bytes were read from objects since the start. */
    boolean hasReadObjects() {
        return tier != null && tier.figures().reads() > 0;
    }

    /** The lists of the machine name its objects, and no other ones. */
    void checkObjects() throws IOException {
        if (objects != null) {
            DataDirectory data = DataDirectory.read(disk, DATA);
            for (int shard = 0; shard < shardCount; shard++) {
                objects.check(disk, data.shard(shard), keysBelow());
            }
        }
    }

    /** What the server's timers do. */
    void tick() {
        shards.forEach(shard -> shard.loop().execute(shard.store()::keepUp));
    }

    /** Nothing is under way. */
    boolean isIdle() {
        return threads.isIdle() && log.isIdle();
    }

    @Override
    public String toString() {
        return name;
    }

    // ---- what replaces the log in the directory ----

    @Override
    public String name() {
        return "replicated";
    }

    @Override
    public ExtentFiles extentFiles(ShardIdentity shard, ExtentFiles local) throws IOException {
        return tier == null ? local : tier.extentFiles(shard, local);
    }

    @Override
    public void opened(ShardIdentity shard, Journal journal) {
        if (tier != null) {
            tier.opened(shard, journal);
        }
    }

    @Override
    public ShardLog log(ShardIdentity shard, ShardLog local) {
        return log.log(shard.shard());
    }

    // ---- what the log reports ----

    @Override
    public void countFork(LogRecord.Fork fork, Consumer<Lineage> then) {
        Shard owner = of(fork.origin().source());
        owner.loop().execute(() -> then.accept(owner.store().countFork(fork)));
    }

    private NavigableMap<Long, Map<Long, StreamMeta>> stagedOf(int shard) {
        return staged.computeIfAbsent(shard, number -> new TreeMap<>());
    }

    @Override
    public void staged(int shard, long lsn) {
        stagedOf(shard).put(lsn, States.of(shards.get(shard).store()));
    }

    @Override
    public void durable(int shard, long lsn) {
        Map<Long, Map<Long, StreamMeta>> durable = stagedOf(shard).headMap(lsn, true);
        if (durable.isEmpty()) {
            states.check(shard, lsn, States.of(shards.get(shard).store()), this);
        }
        durable.forEach((each, state) -> states.check(shard, each, state, this));
        durable.clear();
    }

    @Override
    public void undone(int shard, long firstLsn) {
        stagedOf(shard).tailMap(firstLsn, true).clear();
    }
}
