package io.streamkeeper.storage.disk;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** The machine's own disk. */
class LocalDiskTest extends DiskContract {
    @TempDir
    Path directory;

    @Override
    Disk disk() {
        return new LocalDisk();
    }

    @Override
    Path directory() {
        return directory;
    }
}
