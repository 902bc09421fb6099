package io.streamkeeper.storage.disk;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Another disk, with a list of the operations on names in their order: each its method and its path. */
public final class RecordingDisk implements Disk {
    private final Disk disk;
    private final List<String> operations = new ArrayList<>();

    public RecordingDisk(Disk disk) {
        this.disk = disk;
    }

    /** What was done so far. */
    public List<String> operations() {
        return operations;
    }

    @Override
    public DiskFile open(Path file) throws IOException {
        operations.add("open " + file);
        return disk.open(file);
    }

    @Override
    public DiskFile create(Path file) throws IOException {
        operations.add("create " + file);
        return disk.create(file);
    }

    @Override
    public boolean exists(Path path) throws IOException {
        return disk.exists(path);
    }

    @Override
    public List<String> list(Path directory) throws IOException {
        return disk.list(directory);
    }

    @Override
    public long salt() {
        return disk.salt();
    }

    @Override
    public List<Path> directories(Path directory) throws IOException {
        return disk.directories(directory);
    }

    @Override
    public void createDirectories(Path directory) throws IOException {
        operations.add("createDirectories " + directory);
        disk.createDirectories(directory);
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        operations.add("rename " + to);
        disk.rename(from, to);
    }

    @Override
    public void delete(Path file) throws IOException {
        operations.add("delete " + file);
        disk.delete(file);
    }

    @Override
    public void syncDirectory(Path directory) throws IOException {
        operations.add("syncDirectory " + directory);
        disk.syncDirectory(directory);
    }

    @Override
    public void replace(Path from, Path to) throws IOException {
        operations.add("replace " + to);
        disk.replace(from, to);
    }

    @Override
    public long usableBytes(Path directory) throws IOException {
        return disk.usableBytes(directory);
    }
}
