package io.streamkeeper.storage.extent;

import io.streamkeeper.storage.disk.Clock;
import io.streamkeeper.storage.disk.Obstacle;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * The room on the disk as the jobs of a shard know it, and the reserve that they release when no room is left (I9).
 * Owned by the shard's loop; the reserve file is written and removed in the background.
 */
final class DiskRoom {
    /** The shortest time from one attempt to write the reserve to the next. */
    private static final long RESERVE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final long ENOUGH = -1;

    private final SpaceReserve reserve;
    private final Executor background;
    private final Clock clock;

    /** The room on the full disk, or {@link #ENOUGH} while nothing was refused for want of room. */
    private long bytes = ENOUGH;

    /** Whether a stream was dropped, or data released, since the latest release of the reserve. */
    private boolean freesSpace;

    private long reserveNanos;

    DiskRoom(SpaceReserve reserve, Executor background, Clock clock) {
        this.reserve = reserve;
        this.background = background;
        this.clock = clock;
    }

    /** A job can now free space: a stream was dropped, or data released. */
    void spaceCanBeFreed() {
        freesSpace = true;
    }

    /** A write was refused for want of room. */
    void refused(Obstacle full) {
        bytes = Math.max(bytes, full.usableBytes());
    }

    /** No job was refused yet, but one that needs more than this would leave too little. */
    void isOnly(long newBytes) {
        bytes = Math.max(0, newBytes);
    }

    /**
     * A job has failed for want of room.
     *
     * @return whether the reserve is released, so that the job can be repeated at once
     */
    boolean jobFailed(Obstacle full) {
        bytes = full.usableBytes();
        if (!freesSpace || !reserve.isHeld()) {
            return false;
        }
        freesSpace = false;
        bytes = Math.max(0, bytes) + reserve.bytes();
        reserveNanos = clock.monotonicNanos() + RESERVE_NANOS;
        background.execute(reserve::release);
        return true;
    }

    /** A job has written its file, so the disk has room. */
    void jobFinished() {
        bytes = ENOUGH;
    }

    boolean isEnough() {
        return bytes == ENOUGH;
    }

    /** The room on the full disk in bytes; only where it is not {@linkplain #isEnough enough}. */
    long bytes() {
        return bytes;
    }

    /** Writes the reserve if it is missing, from time to time. */
    void keepReserve() {
        if (!reserve.isWanted() || reserve.isHeld()) {
            return;
        }
        long now = clock.monotonicNanos();
        if (now - reserveNanos >= 0) {
            reserveNanos = now + RESERVE_NANOS;
            background.execute(reserve::keep);
        }
    }
}
