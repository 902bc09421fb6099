package io.streamkeeper.storage.disk;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileStore;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/**
 * Explains a failed file operation to a person: the file, the reason, who the process runs as, who owns the file, its
 * mode, and the remedy. It determines the reason from the exception's type and from the file system, never from message
 * text; text of the system is only repeated. Its methods block; used by threads that may.
 */
public final class FileProblem {
    private FileProblem() {}

    /**
     * {@return one line that explains {@code e}}
     *
     * @param about the file or directory that was used, for an exception that names none
     */
    public static String text(IOException e, Path about) {
        FileSystemException cause = find(FileSystemException.class, e);
        DiskException failed = find(DiskException.class, e);
        if (cause == null && failed == null) {
            return e.getMessage() == null ? about + ": " + e.getClass().getSimpleName() : e.getMessage();
        }
        if (failed != null && failed.isOutOfDescriptors()) {
            return String.valueOf(failed.getMessage());
        }
        Path named = failed == null ? about : failed.path();
        Path path = (cause == null || cause.getFile() == null ? named : Path.of(cause.getFile())).toAbsolutePath();
        Path obstacle = obstacle(path);
        if (obstacle != null) {
            return notDirectory(path, obstacle);
        }
        if (cause instanceof NoSuchFileException) {
            return path + " does not exist; name another path, or make it";
        }
        if (cause instanceof AccessDeniedException) {
            return denied(path, about.toAbsolutePath());
        }
        if (isReadOnly(path)) {
            return path
                    + " cannot be written: its file system is read-only; mount it for writing, or name a directory on"
                    + " another file system";
        }
        if (isFull(path)) {
            return noSpace(path);
        }
        return failed == null
                ? path + " cannot be used: " + reason(cause) + "; " + standing(existing(path))
                : failed.getMessage() + "; " + standing(existing(path));
    }

    /** {@return {@code e}, or an exception with its explanation if the file system is the cause} */
    public static IOException explained(IOException e, Path about) {
        String text = text(e, about);
        return text.equals(e.getMessage()) ? e : new IOException(text, e);
    }

    private static <T extends IOException> @Nullable T find(Class<T> type, IOException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (type.isInstance(cause)) {
                return type.cast(cause);
            }
        }
        return null;
    }

    private static String reason(@Nullable FileSystemException e) {
        if (e == null) {
            return "the reason is not known";
        }
        if (e instanceof FileAlreadyExistsException) {
            return "it exists already";
        }
        return e.getReason() == null ? e.getClass().getSimpleName() : e.getReason();
    }

    /**
     * {@return one line that says why {@code path} cannot be a directory, or null if it is one or may become one}
     */
    public static @Nullable String notDirectory(Path path) {
        Path whole = path.toAbsolutePath();
        Path obstacle = Files.isDirectory(whole) ? null : firstNoDirectory(whole);
        return obstacle == null ? null : notDirectory(whole, obstacle);
    }

    private static String notDirectory(Path path, Path obstacle) {
        String what =
                Files.isSymbolicLink(obstacle) && !Files.exists(obstacle) ? "a symbolic link to nothing" : "a file";
        return (obstacle.equals(path) ? path.toString() : path + " cannot be used: " + obstacle) + " is " + what
                + ", expected a directory; name another path, or move that file away";
    }

    private static @Nullable Path obstacle(Path path) {
        Path parent = path.getParent();
        return parent == null || Files.isDirectory(parent) ? null : firstNoDirectory(parent);
    }

    /** The first of a path's elements that exists and is not a directory. */
    private static @Nullable Path firstNoDirectory(Path path) {
        Path element = path.getRoot();
        for (Path name : path) {
            element = element == null ? name : element.resolve(name);
            if (Files.exists(element, LinkOption.NOFOLLOW_LINKS) && !Files.isDirectory(element) && isSeen(element)) {
                return element;
            }
        }
        return null;
    }

    /**
     * Whether the file system says if {@code path} exists; it does not below a directory that this process may not
     * enter.
     */
    private static boolean isSeen(Path path) {
        return Files.exists(path) || Files.notExists(path);
    }

    private static String denied(Path path, Path about) {
        Path closed = null;
        for (Path parent = path.getParent(); parent != null; parent = parent.getParent()) {
            if (Files.isDirectory(parent) && !Files.isExecutable(parent)) {
                closed = parent;
            }
        }
        if (closed != null) {
            return path + " cannot be reached: permission denied to enter " + standing(closed) + "; " + remedy(closed);
        }
        Path at = existing(path);
        String wanted = at.equals(path) ? missing(path) : "create it in";
        return path + " cannot be used: permission denied to " + wanted + " " + standing(at) + "; "
                + remedy(at.startsWith(about) ? about : at);
    }

    private static String missing(Path path) {
        if (Files.isReadable(path)) {
            return "write to";
        }
        return Files.isWritable(path) ? "read" : "read and write";
    }

    private static String remedy(Path at) {
        ProcessUser user = ProcessUser.current();
        String who = user.id() < 0 ? user.name() : Integer.toString(user.id());
        return "give it to that user (chown -R " + who + " " + at
                + "), start as the user that owns it, or name another directory";
    }

    /** The owner and mode of a file, and the user of this process. */
    private static String standing(Path path) {
        return describe(path) + ", and " + seenBy();
    }

    private static String seenBy() {
        return "this process runs as " + ProcessUser.current();
    }

    private static String describe(Path path) {
        try {
            PosixFileAttributes found = Files.readAttributes(path, PosixFileAttributes.class);
            Object id = Files.getAttribute(path, "unix:uid");
            return path + ", which is owned by " + found.owner().getName() + " (uid " + id + ") with mode "
                    + (found.isDirectory() ? "d" : "-") + PosixFilePermissions.toString(found.permissions());
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
            return path + ", whose owner cannot be read";
        }
    }

    /** The path, or its nearest existing parent. */
    private static Path existing(Path path) {
        Path found = path;
        while (found.getParent() != null && !Files.exists(found)) {
            found = found.getParent();
        }
        return found;
    }

    private static boolean isReadOnly(Path path) {
        try {
            return Files.getFileStore(existing(path)).isReadOnly();
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean isFull(Path path) {
        try {
            FileStore store = Files.getFileStore(existing(path));
            return !store.isReadOnly() && store.getTotalSpace() > 0 && store.getUsableSpace() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    private static String noSpace(Path path) {
        return path + " cannot be written: no space is left on its file system for " + ProcessUser.current()
                + "; make room, or name a directory on another file system";
    }
}
