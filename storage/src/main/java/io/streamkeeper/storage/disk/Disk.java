package io.streamkeeper.storage.disk;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * The operations on files and directories that the storage uses: an interface, so that a simulated disk can tear
 * writes, lose data and fail. Safe for use by any thread; every call may block. A failed call throws a {@link
 * DiskException} that names the operation, unless the method names another exception.
 *
 * <p>After a power cut, a file contains the bytes that it had at its last {@link DiskFile#sync}, and any part of those
 * written since, also later parts without earlier ones. A directory contains the names that it had at the last {@link
 * #syncDirectory}, with any part of the changes since.
 */
public interface Disk {
    /**
     * Opens a file for reading and writing.
     *
     * @throws java.nio.file.NoSuchFileException if there is none
     */
    DiskFile open(Path file) throws IOException;

    /**
     * Creates an empty file in an existing directory, and opens it.
     *
     * @throws java.nio.file.FileAlreadyExistsException if a file of that name exists
     */
    DiskFile create(Path file) throws IOException;

    /** Whether a file or directory of that name exists. */
    boolean exists(Path path) throws IOException;

    /** The names in a directory, in order; none if it is empty. */
    List<String> list(Path directory) throws IOException;

    /**
     * The directories in a directory, in order; as paths, because the process's locale may not be able to express a
     * name.
     */
    List<Path> directories(Path directory) throws IOException;

    /** An unpredictable number, with which a file's checksums are salted. */
    long salt();

    /** Creates a directory, and those above it, unless it exists. */
    void createDirectories(Path directory) throws IOException;

    /** Renames a file within its directory; a file of the new name is replaced in the same step. */
    void rename(Path from, Path to) throws IOException;

    /** Removes a file or an empty directory; the bytes of an open file stay until it is closed. */
    void delete(Path file) throws IOException;

    /**
     * Makes the names in a directory durable. If the directory cannot be opened, the exception names the operation
     * {@link DiskException.Operation#OPEN}, and another attempt may succeed.
     */
    void syncDirectory(Path directory) throws IOException;

    /**
     * Renames a file within its directory, and makes that durable; a file of the new name is replaced in the same step.
     * All needed resources are obtained before anything is changed: an exception that names {@link
     * DiskException.Operation#SYNC_DIRECTORY} says that the file was renamed, perhaps not durably, and any other that
     * it was not.
     */
    void replace(Path from, Path to) throws IOException;

    /** The number of bytes that can be written to the file system of a directory before it is full. */
    long usableBytes(Path directory) throws IOException;
}
