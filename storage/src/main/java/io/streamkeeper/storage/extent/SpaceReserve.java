package io.streamkeeper.storage.extent;

import io.streamkeeper.storage.directory.DataDirectory;
import io.streamkeeper.storage.disk.Disk;
import io.streamkeeper.storage.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Room in the file system that a shard keeps for itself, as a file without stream data: it is removed when a checkpoint
 * or a compaction that would release the space of deleted streams finds no room, and written again when the disk has
 * room for more than the reserve. Owned by the background thread; any thread may ask whether it is held.
 *
 * <p>The file contains incompressible bytes, so that it occupies its full size on a file system that compresses. A file
 * of another size is incomplete, and is written again.
 */
public final class SpaceReserve {
    private static final Logger LOG = LoggerFactory.getLogger(SpaceReserve.class);

    private static final int FILL_BYTES = 64 << 10;

    private final Disk disk;
    private final Path directory;
    private final long bytes;

    /** The room that must be left beside it; otherwise it would take the room that the next write needs. */
    private final long leftBytes;

    private volatile boolean held;
    private boolean reported;

    /**
     * The reserve of the shard in {@code directory}.
     *
     * @param bytes its size, or 0 for none
     * @param leftBytes the free space that must be left after it is written
     */
    public SpaceReserve(Disk disk, Path directory, long bytes, long leftBytes) {
        this.disk = disk;
        this.directory = directory;
        this.bytes = bytes;
        this.leftBytes = leftBytes;
    }

    /** Whether the file is complete. */
    boolean isHeld() {
        return held;
    }

    /** Whether the shard is to have a reserve. */
    boolean isWanted() {
        return bytes > 0;
    }

    long bytes() {
        return bytes;
    }

    /** Writes the file, unless it exists or the disk has no room; a failure is only logged. */
    void keep() {
        if (held || bytes == 0) {
            return;
        }
        try {
            held = isComplete() || make();
            if (held && reported) {
                LOG.warn("{}: the reserve of {} bytes is made again", file(), bytes);
                reported = false;
            } else if (!held) {
                report("there is no room for it");
            }
        } catch (IOException | OutOfMemoryError e) {
            report(String.valueOf(e.getMessage()));
        }
    }

    private void report(String reason) {
        if (!reported) {
            LOG.warn(
                    "{}: the reserve of {} bytes is not made: {}; it is made when there is room, and until then a full disk may"
                            + " keep the space of deleted streams",
                    file(),
                    bytes,
                    reason);
            reported = true;
        }
    }

    private Path file() {
        return directory.resolve(DataDirectory.RESERVE);
    }

    private boolean isComplete() throws IOException {
        if (!disk.exists(file())) {
            return false;
        }
        try (DiskFile there = disk.open(file())) {
            return there.size() == bytes;
        }
    }

    private boolean make() throws IOException {
        removeFile();
        if (disk.usableBytes(directory) < bytes + leftBytes) {
            return false;
        }
        try (DiskFile made = disk.create(file())) {
            fill(made);
            made.sync();
        } catch (IOException | RuntimeException | Error e) {
            discard(e);
            throw e;
        }
        return true;
    }

    private void fill(DiskFile made) throws IOException {
        byte[] block = new byte[(int) Math.min(FILL_BYTES, bytes)];
        new SplittableRandom(bytes).nextBytes(block);
        for (long position = 0; position < bytes; position += block.length) {
            made.writeFully(position, ByteBuffer.wrap(block, 0, (int) Math.min(block.length, bytes - position)));
        }
    }

    private void discard(Throwable reason) {
        try {
            removeFile();
        } catch (IOException e) {
            reason.addSuppressed(e);
        }
    }

    private void removeFile() throws IOException {
        if (disk.exists(file())) {
            disk.delete(file());
        }
    }

    /** Removes the file, so that its room can be used. */
    void release() {
        held = false;
        try {
            removeFile();
            reported = true;
            LOG.warn("{}: the disk is full: the reserve of {} bytes is released", file(), bytes);
        } catch (IOException e) {
            LOG.warn("the reserve cannot be released: {}", e.getMessage());
        }
    }
}
