package io.streamkeeper.storage.disk;

import java.nio.file.FileSystems;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * The modes of new files and directories: all rights for the owner, reading for the group, such as that of a backup
 * user, and none for others; the umask of the process may remove rights. Empty on machines without such modes.
 */
public final class FileModes {
    /** Of a new file: 0640. */
    public static final FileAttribute<?>[] FILE = mode("rw-r-----");

    /** Of a new file with secrets, which is for its owner only: 0600. */
    public static final FileAttribute<?>[] SECRET = mode("rw-------");

    /** Of a new directory: 0750. */
    public static final FileAttribute<?>[] DIRECTORY = mode("rwxr-x---");

    private FileModes() {}

    private static FileAttribute<?>[] mode(String text) {
        return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(text))}
                : new FileAttribute<?>[0];
    }
}
