package io.streamkeeper.storage.disk;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.Locale;

/**
 * An operation of a {@link Disk} has failed. The consequence depends on the operation, never on the text of the cause,
 * which the C library writes in the language of the machine.
 */
public final class DiskException extends IOException {
    private static final long serialVersionUID = 1L;

    /** The attempted operation. */
    public enum Operation {
        /** Opening a file, which changes nothing. */
        OPEN,
        /** Creating a file. */
        CREATE,
        /** Looking up a name, which changes nothing. */
        LOOK_UP,
        /** Reading the names in a directory, which changes nothing. */
        LIST,
        /** Creating a directory. */
        CREATE_DIRECTORY,
        /** Renaming a file. */
        RENAME,
        /** Giving a file a second name. */
        LINK,
        /** Removing a file. */
        DELETE,
        /** Writing bytes, of which some may be written. */
        WRITE,
        /** Reading bytes, which changes nothing. */
        READ,
        /** Syncing the bytes of a file: if it fails, bytes written since the last sync may be lost (I9). */
        SYNC,
        /** Syncing the names of a directory: if it fails, changes since the last sync may be lost. */
        SYNC_DIRECTORY,
        /** Reading the length of a file, which changes nothing. */
        SIZE,
        /** Truncating a file. */
        TRUNCATE,
        /** Closing a file. */
        CLOSE;

        private final String words = name().toLowerCase(Locale.ROOT).replace('_', ' ');

        /** The operation in words. */
        public String words() {
            return words;
        }
    }

    /** The attempted operation. */
    private final Operation operation;

    private final String path;

    /** Whether the process had no descriptor left. */
    private final boolean outOfDescriptors;

    /** {@code operation} on {@code path} has failed with {@code cause}. */
    public DiskException(Operation operation, Path path, IOException cause) {
        this(operation, path, cause, false);
    }

    private DiskException(Operation operation, Path path, IOException cause, boolean outOfDescriptors) {
        super(
                "cannot " + operation.words() + " " + path + ": "
                        + (outOfDescriptors ? OpenFiles.problem() : reasonOf(cause)),
                cause);
        this.operation = operation;
        this.path = path.toString();
        this.outOfDescriptors = outOfDescriptors;
    }

    /** For a failed operation that needs a descriptor: finds out whether it failed because none was left. */
    static DiskException ofOpening(Operation operation, Path path, IOException cause) {
        return new DiskException(operation, path, cause, OpenFiles.mayBeMissed(cause));
    }

    /** {@code operation} on {@code path} has failed because of {@code reason}. */
    public DiskException(Operation operation, Path path, String reason) {
        super("cannot " + operation.words() + " " + path + ": " + reason);
        this.operation = operation;
        this.path = path.toString();
        this.outOfDescriptors = false;
    }

    /** The system's own words, without the path, which the message already names. */
    private static String reasonOf(IOException cause) {
        String reason = cause instanceof FileSystemException ofFile ? ofFile.getReason() : cause.getMessage();
        return reason == null ? cause.getClass().getSimpleName() : reason;
    }

    /** Whether it failed because the process had no descriptor left. */
    boolean isOutOfDescriptors() {
        return outOfDescriptors;
    }

    /** The attempted operation. */
    public Operation operation() {
        return operation;
    }

    /** The file or directory that it was attempted on. */
    Path path() {
        return Path.of(path);
    }
}
