package io.streamkeeper.cluster.store;

import io.streamkeeper.storage.disk.Obstacle;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The space on the disk of a member that leads. A log that finds no space ends its member, so a leader refuses new data
 * before: what is reserved is left for deletions, for frames under way, and for the checkpoints that release space. The
 * disks of the other members are taken to be as large.
 */
final class LogSpace {
    private static final long MIB = 1 << 20;

    /** The space that new files of the log need, and that deletions may use. */
    private static final long RESERVE_BYTES = 16 * MIB;

    /** At most one part in so many of a small file system is reserved. */
    private static final int RESERVE_PART_MAX = 4;

    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final Obstacle.Room room;
    private final long reservedBytes;
    private final LongSupplier backlogBytes;
    private volatile @Nullable Obstacle obstacle;

    /** Owned by the thread of the frames. */
    private long lookedNanos = System.nanoTime() - LOOK_NANOS;

    /**
     * The space of a file system.
     *
     * @param room its free space
     * @param totalBytes its size
     * @param bytesInFlightMax bytes of frames that may be under way
     * @param backlogBytes bytes that the next checkpoints write; called by the thread of the frames
     */
    LogSpace(Obstacle.Room room, long totalBytes, int bytesInFlightMax, LongSupplier backlogBytes) {
        this.room = room;
        this.reservedBytes = Math.min(RESERVE_BYTES + bytesInFlightMax, totalBytes / RESERVE_PART_MAX);
        this.backlogBytes = backlogBytes;
    }

    /** Why new data is refused; any thread may call this. */
    @Nullable
    Obstacle obstacle() {
        return obstacle;
    }

    /** Looks at the disk, if that was not done just before. Called by the thread of the frames. */
    void look() {
        long now = System.nanoTime();
        if (now - lookedNanos >= LOOK_NANOS) {
            lookedNanos = now;
            obstacle = met();
        }
    }

    private @Nullable Obstacle met() {
        long usable;
        try {
            usable = room.usableBytes();
        } catch (IOException e) {
            // The log reports what is wrong with the disk.
            return null;
        }
        long needed = reservedBytes + backlogBytes.getAsLong();
        return usable >= needed
                ? null
                : new Obstacle(
                        true,
                        usable,
                        usable / MIB + " MiB are free, of which the log of the cluster and the next checkpoints need "
                                + needed / MIB + " MiB");
    }
}
