package io.streamkeeper.bench.process;

import io.streamkeeper.protocol.Digits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Counts the bytes that all processes write to the block device of a directory. The count of one process is too high:
 * when it changes a byte, the kernel charges it for a whole folio of the page cache, up to a megabyte, but writes only
 * the changed blocks. The device counts the real writes.
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
     * Starts to count.
     *
     * @throws IOException if the directory is not on a block device
     */
    public static DeviceWrites of(Path directory) throws IOException {
        long device = (Long) Files.getAttribute(directory, "unix:dev");
        Path statistics = Path.of("/sys/dev/block", major(device) + ":" + minor(device), "stat");
        if (!Files.isReadable(statistics)) {
            throw new IOException("cannot read " + statistics + "; expected the data directory on a block device");
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
