package io.streamkeeper.storage.tier;

import io.netty.buffer.Unpooled;
import io.streamkeeper.storage.ManualClock;
import io.streamkeeper.storage.directory.DataDirectory;
import io.streamkeeper.storage.directory.ObjectList;
import io.streamkeeper.storage.disk.FaultyDisk;
import io.streamkeeper.storage.disk.SimulatedDisk;
import io.streamkeeper.storage.extent.ExtentFile;
import io.streamkeeper.storage.extent.ExtentFiles;
import io.streamkeeper.storage.extent.ExtentWriter;
import io.streamkeeper.storage.extent.LocalExtentFiles;
import io.streamkeeper.storage.journal.MemoryJournal;
import io.streamkeeper.storage.memory.Budget;
import io.streamkeeper.storage.memory.MemoryBudget;
import io.streamkeeper.storage.provider.ShardIdentity;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Random;
import java.util.UUID;
import java.util.function.UnaryOperator;

/** One shard with a tier, on a simulated disk. */
final class TierRig {
    static final UUID STORE = new UUID(1, 2);
    static final Path DATA = Path.of("/data");
    static final Path SHARD = DATA.resolve("shard-000");
    static final int GRACE_MILLIS = 1_000;

    final SimulatedDisk disk = new SimulatedDisk(new Random(1));
    final FaultyDisk faulty = new FaultyDisk(disk);
    final ScriptedObjects objects = new ScriptedObjects();
    final ManualClock clock = new ManualClock(1_700_000_000_000L);
    TierConfig config = new TierConfig("s3://bucket/prefix", 1, 0, 0, 0, GRACE_MILLIS, 64, 4 * 64, 0, 0);
    String keysBelow = "";
    Tier tier;
    private ExtentFiles files;

    TierRig() throws IOException {
        disk.createDirectories(DataDirectory.extents(SHARD));
        for (Path each = DataDirectory.extents(SHARD); each.getParent() != null; each = each.getParent()) {
            disk.syncDirectory(each.getParent());
        }
    }

    TierRig with(UnaryOperator<TierConfig> change) {
        config = change.apply(config);
        return this;
    }

    ExtentFiles files() throws IOException {
        if (files == null) {
            tier = new Tier(faulty, objects, config, new Budget("tier", config.cacheBytesMax()), clock, keysBelow);
            ShardIdentity shard = new ShardIdentity(STORE, 0, SHARD);
            files = tier.extentFiles(shard, LocalExtentFiles.of(faulty, SHARD));
            tier.opened(shard, new MemoryJournal(new MemoryBudget(0)));
            tier.takeSnapshots(new DataDirectory(DATA, STORE, 1), new SnapshotConfig(0, 1));
        }
        return files;
    }

    void cutPower() {
        disk.stop();
        disk.cutPower();
        files = null;
    }

    void kill() {
        disk.stop();
        disk.killProcess();
        files = null;
    }

    /** Time passes, and the tier works. */
    void step() {
        clock.advance(40_000);
        tier.step();
    }

    ObjectList list() throws IOException {
        return ObjectList.read(disk, SHARD);
    }

    boolean isLocal(long number) throws IOException {
        return LocalExtentFiles.of(disk, SHARD).list().contains(number);
    }

    boolean hasIndexCopy(long number) throws IOException {
        return disk.exists(IndexCopy.in(DataDirectory.extents(SHARD), number));
    }

    /** Writes a file with one run, and opens it as the store does. */
    ExtentFile write(long number, byte[] run) throws IOException {
        try (ExtentWriter out = new ExtentWriter(files(), number, 0, STORE, 1)) {
            out.begin(7, null, 0, 0, false);
            out.data(Unpooled.wrappedBuffer(run));
            out.endRun(1, null, 0);
            out.end();
            out.finish();
        }
        return open(number);
    }

    ExtentFile open(long number) throws IOException {
        return ExtentFile.open(files(), number, 0, STORE);
    }

    /** The bytes of the one run of a file. */
    static byte[] run(ExtentFile file) throws IOException {
        var runs = file.entries().next().runs();
        ByteBuffer into = ByteBuffer.allocate(runs.bytes(0));
        file.read(runs.position(0), into);
        return into.array();
    }

    static byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        new Random(count).nextBytes(bytes);
        return bytes;
    }
}
