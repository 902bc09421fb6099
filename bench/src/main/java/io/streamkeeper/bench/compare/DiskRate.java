package io.streamkeeper.bench.compare;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Measures the syncs per second of an otherwise idle disk: each overwrites 4 KiB of a file of constant length. */
final class DiskRate {
    private static final int BLOCK_BYTES = 4 << 10;
    private static final int BLOCKS = 4 << 10;

    private DiskRate() {}

    static double syncsPerSecond(Path directory, long nanos) throws IOException {
        Path file = Files.createTempFile(Files.createDirectories(directory), "disk-", ".rate");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            ByteBuffer block = ByteBuffer.allocateDirect(BLOCK_BYTES);
            for (int i = 0; i < BLOCKS; i++) {
                channel.write(block.clear());
            }
            channel.force(true);
            long start = System.nanoTime();
            long count = 0;
            while (System.nanoTime() - start < nanos) {
                channel.write(block.clear(), count % BLOCKS * BLOCK_BYTES);
                channel.force(false);
                count++;
            }
            return count / ((System.nanoTime() - start) / 1e9);
        } finally {
            Files.delete(file);
        }
    }
}
