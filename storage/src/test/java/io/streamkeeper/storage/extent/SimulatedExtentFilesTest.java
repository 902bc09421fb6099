package io.streamkeeper.storage.extent;

import io.streamkeeper.storage.directory.DataDirectory;
import io.streamkeeper.storage.disk.SimulatedDisk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;

/** On a disk that loses in a crash what was not synced. */
class SimulatedExtentFilesTest extends ExtentFilesContract {
    private static final Path SHARD = Path.of("/data/shard-000");

    private final SimulatedDisk disk = new SimulatedDisk(new Random(1));

    @Override
    protected ExtentFiles files() throws IOException {
        disk.createDirectories(DataDirectory.extents(SHARD));
        for (Path each = DataDirectory.extents(SHARD); each.getParent() != null; each = each.getParent()) {
            disk.syncDirectory(each.getParent());
        }
        return LocalExtentFiles.of(disk, SHARD);
    }

    @Override
    protected ExtentFiles afterCrash() {
        disk.stop();
        disk.cutPower();
        return LocalExtentFiles.of(disk, SHARD);
    }
}
