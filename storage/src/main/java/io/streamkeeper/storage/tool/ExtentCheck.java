package io.streamkeeper.storage.tool;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.streamkeeper.storage.directory.Manifest;
import io.streamkeeper.storage.disk.Checksum;
import io.streamkeeper.storage.disk.DamagedFileException;
import io.streamkeeper.storage.disk.Disk;
import io.streamkeeper.storage.extent.ExtentFile;
import io.streamkeeper.storage.extent.ExtentFiles;
import io.streamkeeper.storage.extent.IndexEntry;
import io.streamkeeper.storage.extent.LocalExtentFiles;
import io.streamkeeper.storage.record.Fields;
import io.streamkeeper.storage.stream.StoredRuns;
import java.io.IOException;
import java.nio.file.Path;

/** Reads whole extent files, and checks everything in them that has a checksum. Used by one thread, which may block. */
public final class ExtentCheck {
    private ExtentCheck() {}

    /**
     * Checks the extent files that a manifest names, all of which are on this machine.
     *
     * @param shardDirectory the directory of the shard
     * @throws DamagedFileException if one is damaged
     * @throws IOException if one is missing, or cannot be read
     */
    public static void check(Disk disk, Path shardDirectory, Manifest manifest) throws IOException {
        check(LocalExtentFiles.of(disk, shardDirectory), manifest);
    }

    /** Checks those of {@code files} that a manifest names. */
    static void check(ExtentFiles files, Manifest manifest) throws IOException {
        for (Manifest.ExtentRef ref : manifest.extents()) {
            ExtentFile file = ExtentFile.open(files, ref.file(), manifest.shard(), manifest.store());
            try {
                if (file.bytes() != ref.bytes()) {
                    throw new DamagedFileException(
                            file.name(), file.bytes(), "the file ends here; expected " + ref.bytes() + " bytes");
                }
                checkRuns(file);
            } finally {
                file.release();
            }
        }
    }

    /** Checks all runs of a file, and returns how many bytes they have. */
    static long checkRuns(ExtentFile file) throws IOException {
        long bytes = 0;
        ExtentFile.Cursor cursor = file.entries();
        for (IndexEntry entry = cursor.next(); entry != null; entry = cursor.next()) {
            StoredRuns runs = entry.runs();
            for (int run = 0; run < runs.count(); run++) {
                checkRun(file, runs, run);
                bytes += runs.bytes(run);
            }
        }
        return bytes;
    }

    private static void checkRun(ExtentFile file, StoredRuns runs, int run) throws IOException {
        read(file, runs.position(run), runs.bytes(run), runs.checksum(run));
        int bytes = runs.lengthsBytes(run);
        if (bytes > 0) {
            checkLengths(file, runs, run, read(file, runs.lengthsPosition(run), bytes, runs.lengthsChecksum(run)));
        }
    }

    private static void checkLengths(ExtentFile file, StoredRuns runs, int run, ByteBuf lengths) throws IOException {
        long sum = 0;
        for (int append = 0; append < runs.messages(run); append++) {
            sum += Fields.readCount(lengths);
        }
        if (sum != runs.bytes(run) || lengths.isReadable()) {
            throw new DamagedFileException(
                    file.name(),
                    runs.lengthsPosition(run),
                    "the lengths of " + runs.messages(run) + " appends add up to " + sum + ", expected "
                            + runs.bytes(run));
        }
    }

    private static ByteBuf read(ExtentFile file, int position, int bytes, int checksum) throws IOException {
        ByteBuf buffer = Unpooled.buffer(Math.max(1, bytes));
        file.read(position, buffer.nioBuffer(0, bytes));
        if (Checksum.of(buffer, 0, bytes) != checksum) {
            file.forget(position, bytes);
            throw new DamagedFileException(file.name(), position, "the checksum of " + bytes + " bytes does not match");
        }
        return buffer.writerIndex(bytes);
    }
}
