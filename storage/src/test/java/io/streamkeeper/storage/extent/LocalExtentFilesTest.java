package io.streamkeeper.storage.extent;

import io.streamkeeper.storage.directory.DataDirectory;
import io.streamkeeper.storage.disk.Disk;
import io.streamkeeper.storage.disk.LocalDisk;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** On the disk of this machine, which does not stop: what is not synced is there too. */
class LocalExtentFilesTest extends ExtentFilesContract {
    @TempDir
    Path directory;

    private final Disk disk = new LocalDisk();

    @Override
    protected ExtentFiles files() throws IOException {
        disk.createDirectories(DataDirectory.extents(directory));
        return afterCrash();
    }

    @Override
    protected ExtentFiles afterCrash() {
        return LocalExtentFiles.of(disk, directory);
    }
}
