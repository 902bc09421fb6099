package io.streamkeeper.storage.disk;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Random;

/** The simulated disk, without a fault. */
class SimulatedDiskTest extends DiskContract {
    private static final Path DIRECTORY = Path.of("/data");

    @Override
    Disk disk() {
        SimulatedDisk disk = new SimulatedDisk(new Random(1));
        try {
            disk.createDirectories(DIRECTORY);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return disk;
    }

    @Override
    Path directory() {
        return DIRECTORY;
    }
}
