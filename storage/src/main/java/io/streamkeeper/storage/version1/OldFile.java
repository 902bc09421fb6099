package io.streamkeeper.storage.version1;

import io.streamkeeper.storage.disk.Disk;
import io.streamkeeper.storage.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A file that contains pieces of streams; opened when it is first read. Used by one thread. */
public final class OldFile implements AutoCloseable {
    private final Disk disk;
    private final Path path;
    private @Nullable DiskFile opened;

    OldFile(Disk disk, Path path) {
        this.disk = disk;
        this.path = path;
    }

    public Path path() {
        return path;
    }

    /** Fills {@code into} with the bytes from {@code position} on. */
    public void read(long position, ByteBuffer into) throws IOException {
        DiskFile file = opened;
        if (file == null) {
            file = disk.open(path);
            opened = file;
        }
        file.readFully(position, into);
    }

    @Override
    public void close() throws IOException {
        if (opened != null) {
            opened.close();
            opened = null;
        }
    }
}
