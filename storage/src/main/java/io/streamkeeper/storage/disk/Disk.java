package io.streamkeeper.storage.disk;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * The operations on files and directories that the storage uses: a seam, so that a simulated disk can tear, lose and
 * fail. Safe for use by any thread; every call may block. What fails throws a {@link DiskException} that names the
 * operation, unless a method names another exception.
 *
 * <p>What a power cut leaves: of a file's bytes those that were there at its last {@link DiskFile#sync}, and any part
 * of what was written since, also later parts without earlier ones; of a directory's names those that were there at the
 * last {@link #syncDirectory}, and any part of what changed since.
 */
public interface Disk {
    /**
     * Opens a file for reading and writing.
     *
     * @throws java.nio.file.NoSuchFileException if there is none
     */
    DiskFile open(Path file) throws IOException;

    /**
     * Makes an empty file and opens it, in a directory that exists.
     *
     * @throws java.nio.file.FileAlreadyExistsException if there is one of that name
     */
    DiskFile create(Path file) throws IOException;

    /** Whether a file or directory of that name exists. */
    boolean exists(Path path) throws IOException;

    /** The names in a directory, in order; none if it is empty. */
    List<String> list(Path directory) throws IOException;

    /**
     * The directories in a directory, in order; by path, because a name may be one that the process's locale cannot
     * express.
     */
    List<Path> directories(Path directory) throws IOException;

    /** A number that nobody can know before: what a file's checksums are salted with. */
    long salt();

    /** Makes a directory, and those above it, unless it exists. */
    void createDirectories(Path directory) throws IOException;

    /** Renames a file within its directory; one of the new name is replaced in the same step. */
    void rename(Path from, Path to) throws IOException;

    /** Removes a file, or a directory that is empty; bytes of a file that is open stay until it is closed. */
    void delete(Path file) throws IOException;

    /**
     * Makes the names in a directory durable. Where the directory cannot even be opened, the exception names the
     * operation {@link DiskException.Operation#OPEN}, and another attempt may succeed.
     */
    void syncDirectory(Path directory) throws IOException;

    /**
     * Renames a file within its directory, and makes that durable; one of the new name is replaced in the same step.
     * What this needs is obtained before anything is changed: an exception that names {@link
     * DiskException.Operation#SYNC_DIRECTORY} says that the file was renamed, perhaps not durably, and any other that
     * it was not.
     */
    void replace(Path from, Path to) throws IOException;

    /** Bytes that can be written to the file system of a directory before it is full. */
    long usableBytes(Path directory) throws IOException;
}
