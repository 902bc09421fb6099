package io.streamkeeper.bench.process;

import io.streamkeeper.protocol.Digits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What went to the block device below a directory, from all processes. The kernel charges a process for a whole folio
 * of the page cache, up to a megabyte, when it changes one byte of it, though only the changed blocks are written; the
 * device tells what really was.
 */
public final class DeviceWrites {
    private static final long SECTOR_BYTES = 512;
    private static final int SECTORS_WRITTEN_INDEX = 6;

    private final Path statistics;
    private final long startBytes;

    private DeviceWrites(Path statistics) throws IOException {
        this.statistics = statistics;
        this.startBytes = parse(Files.readString(statistics));
    }

    /**
     * Counts from now on.
     *
     * @throws IOException if the directory is not on a block device
     */
    public static DeviceWrites below(Path directory) throws IOException {
        long device = (Long) Files.getAttribute(directory, "unix:dev");
        Path statistics = Path.of("/sys/dev/block", major(device) + ":" + minor(device), "stat");
        if (!Files.isReadable(statistics)) {
            throw new IOException("there is no " + statistics + "; expected the data directory on a block device");
        }
        return new DeviceWrites(statistics);
    }

    public long bytes() throws IOException {
        return parse(Files.readString(statistics)) - startBytes;
    }

    public static long parse(String stat) {
        return Digits.toLong(stat.strip().split("\\s+", -1)[SECTORS_WRITTEN_INDEX]) * SECTOR_BYTES;
    }

    public static long major(long device) {
        return (device >>> 8 & 0xfff) | (device >>> 32 & ~0xfffL);
    }

    public static long minor(long device) {
        return (device & 0xff) | (device >>> 12 & ~0xffL);
    }
}
