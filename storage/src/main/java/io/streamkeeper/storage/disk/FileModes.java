package io.streamkeeper.storage.disk;

import java.nio.file.FileSystems;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * The modes that files and directories are made with: all for the owner, reading for the group, such as that of a user
 * who makes backups, and nothing for others; the process's mask may take from it. None where the machine has no such
 * modes.
 */
public final class FileModes {
    /** Of a new file: 0640. */
    public static final FileAttribute<?>[] FILE = mode("rw-r-----");

    /** Of a new directory: 0750. */
    public static final FileAttribute<?>[] DIRECTORY = mode("rwxr-x---");

    private FileModes() {}

    private static FileAttribute<?>[] mode(String text) {
        return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(text))}
                : new FileAttribute<?>[0];
    }
}
