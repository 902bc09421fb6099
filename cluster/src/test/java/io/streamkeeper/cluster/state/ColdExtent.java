package io.streamkeeper.cluster.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.streamkeeper.storage.directory.DataDirectory;
import io.streamkeeper.storage.directory.LogPlace;
import io.streamkeeper.storage.directory.Manifest;
import io.streamkeeper.storage.disk.Clock;
import io.streamkeeper.storage.disk.Disk;
import io.streamkeeper.storage.disk.LocalDisk;
import io.streamkeeper.storage.extent.ExtentFiles;
import io.streamkeeper.storage.extent.ExtentLayout;
import io.streamkeeper.storage.extent.ExtentWriter;
import io.streamkeeper.storage.extent.LocalExtentFiles;
import io.streamkeeper.storage.journal.MemoryJournal;
import io.streamkeeper.storage.memory.Budget;
import io.streamkeeper.storage.memory.MemoryBudget;
import io.streamkeeper.storage.provider.ShardIdentity;
import io.streamkeeper.storage.tier.ScriptedObjects;
import io.streamkeeper.storage.tier.SnapshotConfig;
import io.streamkeeper.storage.tier.Tier;
import io.streamkeeper.storage.tier.TierConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/** A data directory with an extent file in its first shard that is only in an object store. */
final class ColdExtent implements AutoCloseable {
    private static final int NUMBER = 1;
    private static final int RUN_BYTES = 3_000_000;
    private static final int WINDOW_BYTES = 1 << 20;

    final ScriptedObjects objects = new ScriptedObjects();
    final Tier tier;
    final byte[] bytes;
    private final Disk disk = new LocalDisk();
    private final ExtentFiles files;
    private final ExtentFiles.Input open;

    ColdExtent(DataDirectory data) throws IOException {
        TierConfig config = new TierConfig("s3://bucket/prefix", 1, 0, 0, 0, 0, WINDOW_BYTES, WINDOW_BYTES, 1_000, 0);
        tier = new Tier(disk, objects, config, new Budget("tier", WINDOW_BYTES), Clock.SYSTEM, "member-n1/");
        ShardIdentity shard = new ShardIdentity(data.store(), 0, data.shard(0));
        files = tier.extentFiles(shard, LocalExtentFiles.of(disk, data.shard(0)));
        tier.opened(shard, new MemoryJournal(new MemoryBudget(0)));
        tier.takeSnapshots(data, new SnapshotConfig(0, 1));
        byte[] run = new byte[RUN_BYTES];
        new Random(1).nextBytes(run);
        try (ExtentWriter out = new ExtentWriter(files, NUMBER, 0, data.store(), 1)) {
            out.begin(7, null, 0, 0, false);
            out.data(Unpooled.wrappedBuffer(run));
            out.endRun(1, null, 0);
            out.end();
            out.finish();
        }
        bytes = Files.readAllBytes(file(data));
        nameFile(data, 0, NUMBER);
        open = files.open(NUMBER);
        tier.step();
        assertThat(file(data)).doesNotExist();
    }

    /** Writes a manifest that names one extent file. */
    void nameFile(DataDirectory data, int shard, long number) throws IOException {
        List<Manifest.ExtentRef> extents = List.of(new Manifest.ExtentRef(number, bytes.length));
        new Manifest(data.store(), shard, 1, 1, 7, number + 1, LogPlace.NONE, extents).write(disk, data.shard(shard));
    }

    /** The path of the file in a data directory. */
    Path file(DataDirectory data) {
        return DataDirectory.extents(data.shard(0)).resolve(ExtentLayout.name(NUMBER));
    }

    /** The shard does not need the file any more, and time passes. */
    void drop() {
        try {
            files.delete(NUMBER);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        tier.step();
        tier.step();
    }

    @Override
    public void close() throws IOException {
        open.close();
        tier.close();
    }
}
