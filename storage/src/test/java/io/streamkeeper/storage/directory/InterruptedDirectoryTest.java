package io.streamkeeper.storage.directory;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.storage.disk.SimulatedDisk;
import io.streamkeeper.storage.tool.StoreBackup;
import io.streamkeeper.storage.tool.StoreVerifier;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * A power cut at any step of what makes a data directory: what has a description is whole, and anything else is made
 * again.
 */
class InterruptedDirectoryTest {
    private static final Path DATA = Path.of("/srv/streams/data");
    private static final Path COPY = Path.of("/srv/backups/monday");
    private static final int ROUNDS = 8;

    /** Something that makes a directory. */
    private interface Making {
        void run(SimulatedDisk disk) throws IOException;
    }

    private static SimulatedDisk disk(int seed) throws IOException {
        SimulatedDisk disk = new SimulatedDisk(new Random(seed));
        disk.createDirectories(Path.of("/srv"));
        return disk;
    }

    /**
     * Makes it, unless the power is cut before {@code step}, and cuts it at the latest when it is made; returns whether
     * it was.
     */
    private static boolean isMade(SimulatedDisk disk, int step, Making making) {
        disk.stopBefore(step);
        boolean made = true;
        try {
            making.run(disk);
        } catch (IOException e) {
            assertThat(disk.isStopped()).as("step %s fails: %s", step, e).isTrue();
            made = false;
        }
        disk.cutPower();
        return made;
    }

    private static void assertWhole(SimulatedDisk disk, Path directory, int step, int seed) throws IOException {
        if (DataDirectory.version(disk, directory) > 0) {
            assertThat(new StoreVerifier(disk, line -> {}).verify(directory))
                    .as("step %s of seed %s", step, seed)
                    .isEmpty();
        }
    }

    @Test
    void aNewDirectoryIsWholeOrMadeAgain() throws IOException {
        for (int seed = 1; seed <= ROUNDS; seed++) {
            boolean made = false;
            for (int step = 1; !made; step++) {
                SimulatedDisk disk = disk(seed);
                made = isMade(disk, step, on -> DataDirectory.open(on, DATA, 0, 2, false));
                assertThat(!made || DataDirectory.version(disk, DATA) > 0)
                        .as("it is there, step %s of seed %s", step, seed)
                        .isTrue();
                assertWhole(disk, DATA, step, seed);
                DataDirectory.open(disk, DATA, 0, 2, false);
                assertThat(new StoreVerifier(disk, line -> {}).verify(DATA)).isEmpty();
            }
        }
    }

    @Test
    void aBackupWithADescriptionIsWhole() throws IOException {
        for (int seed = 1; seed <= ROUNDS; seed++) {
            boolean made = false;
            for (int step = 1; !made; step++) {
                SimulatedDisk disk = disk(seed);
                DataDirectory.open(disk, DATA, 0, 2, false);
                made = isMade(disk, step, on -> new StoreBackup(on, line -> {}).copy(DATA, COPY));
                assertThat(!made || DataDirectory.version(disk, COPY) > 0)
                        .as("it is there, step %s of seed %s", step, seed)
                        .isTrue();
                assertWhole(disk, COPY, step, seed);
            }
        }
    }
}
