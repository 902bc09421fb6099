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
 * The file descriptors of this process: whether any is left, which no exception says in a way that a program can rely
 * on. It is asked when something could not be opened, and before anything is closed because of that. Safe for use by
 * any thread.
 */
public final class OpenFiles {
    private static final Logger LOG = LoggerFactory.getLogger(OpenFiles.class);
    private static final Path NOTHING = Path.of("/dev/null");

    /** About what a server opens at its start. */
    private static final int FEW = 32;

    private OpenFiles() {}

    /** Whether the process has no descriptor left: what can always be opened cannot. */
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

    /** Whether so few are left that what has failed, and has closed some by now, may have failed for want of them. */
    public static boolean areFew() {
        if (areUsedUp()) {
            return true;
        }
        try {
            return max() - count() < FEW;
        } catch (LinkageError e) {
            // Its library is a file too, which could not be opened.
            return true;
        }
    }

    /**
     * Whether an operation on a file may have failed for want of a descriptor. Another thread may have failed for the
     * same reason, and have closed its files since.
     */
    static boolean mayBeMissed(IOException cause) {
        // The file system's other answers have types of their own: the file is missing, or closed to this user.
        return cause.getClass() == FileSystemException.class ? areFew() : areUsedUp();
    }

    /** How many descriptors the process may have; {@link Long#MAX_VALUE} where the system does not say. */
    public static long max() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                ? unix.getMaxFileDescriptorCount()
                : Long.MAX_VALUE;
    }

    /** How many descriptors the process has; 0 where the system does not say. */
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

    /** What that means and what to do, for a message. */
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
