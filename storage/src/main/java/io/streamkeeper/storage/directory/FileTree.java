package io.streamkeeper.storage.directory;

import io.streamkeeper.storage.disk.Disk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A directory with everything in it. Blocks. */
public final class FileTree {
    private FileTree() {}

    /** Removes a directory and everything in it, if it exists; after a failure, a part of it is left. */
    public static void delete(Disk disk, Path directory) throws IOException {
        if (!disk.exists(directory)) {
            return;
        }
        for (Path each : disk.directories(directory)) {
            delete(disk, each);
        }
        for (String name : disk.list(directory)) {
            disk.delete(directory.resolve(name));
        }
        disk.delete(directory);
    }

    /** The files in a directory and in those below it, which must exist. */
    public static List<Path> files(Disk disk, Path directory) throws IOException {
        List<Path> directories = disk.directories(directory);
        List<Path> files = new ArrayList<>();
        for (Path each : directories) {
            files.addAll(files(disk, each));
        }
        for (String name : disk.list(directory)) {
            Path file = directory.resolve(name);
            if (!directories.contains(file)) {
                files.add(file);
            }
        }
        return files;
    }

    /** Makes the names in a directory, and in those below it, durable. */
    public static void sync(Disk disk, Path directory) throws IOException {
        for (Path each : disk.directories(directory)) {
            sync(disk, each);
        }
        disk.syncDirectory(directory);
    }
}
