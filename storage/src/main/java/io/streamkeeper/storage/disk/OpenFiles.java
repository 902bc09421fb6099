package io.streamkeeper.storage.disk;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file descriptors of this process: finds out whether any is left, which no exception states in a form that a
 * program can rely on. It is called when a file could not be opened, before other files are closed because of that.
 * Safe for use by any thread.
 */
public final class OpenFiles {
    private static final Logger LOG = LoggerFactory.getLogger(OpenFiles.class);
    private static final Path NOTHING = Path.of("/dev/null");

    /** About the number of files that a server opens at its start. */
    private static final int FEW = 32;

    private OpenFiles() {}

    /** Whether the process has no descriptor left: even a file that can always be opened cannot be. */
    public static boolean areUsedUp() {
        if (!Files.exists(NOTHING)) {
            return false;
        }
        try {
            FileChannel.open(NOTHING, StandardOpenOption.READ).close();
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    /**
     * Whether so few are left that an operation may have failed for want of descriptors, even though it has closed some
     * since.
     */
    public static boolean areFew() {
        if (areUsedUp()) {
            return true;
        }
        try {
            return max() - count() < FEW;
        } catch (LinkageError e) {
            // The bean's library is a file too, which could not be opened.
            return true;
        }
    }

    /**
     * Whether an operation on a file may have failed for want of a descriptor. Another thread may have failed for the
     * same reason, and have closed its files since.
     */
    static boolean mayBeMissed(IOException cause) {
        // Other errors have their own exception types: a missing file, or one that this user may not access.
        return cause.getClass() == FileSystemException.class ? areFew() : areUsedUp();
    }

    /** The number of descriptors that the process may have; {@link Long#MAX_VALUE} if the system does not report it. */
    public static long max() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                ? unix.getMaxFileDescriptorCount()
                : Long.MAX_VALUE;
    }

    /** The number of descriptors that the process has; 0 if the system does not report it. */
    public static long count() {
        try {
            return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                    ? unix.getOpenFileDescriptorCount()
                    : 0;
        } catch (InternalError e) {
            LOG.debug("to count the descriptors takes one, and none is left", e);
            return max();
        }
    }

    /** The problem and its remedy, for a message. */
    public static String problem() {
        return "too many open files: the limit of this process is " + limit()
                + "; raise it (ulimit -n, LimitNOFILE of systemd, --ulimit nofile of a container)";
    }

    private static String limit() {
        try {
            long max = max();
            return max == Long.MAX_VALUE ? "not known" : Long.toString(max);
        } catch (LinkageError e) {
            return "very low";
        }
    }
}
