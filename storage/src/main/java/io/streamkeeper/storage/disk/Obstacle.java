package io.streamkeeper.storage.disk;

import java.io.IOException;
import java.nio.file.Path;

/**
 * What keeps the store from writing for now: nothing was lost, and another attempt may succeed.
 *
 * @param isDiskFull whether the file system has no room for what was to be written
 * @param usableBytes the room that it has, or -1 where that cannot be read
 * @param reason in words, for people only: nothing is decided by it
 */
public record Obstacle(boolean isDiskFull, long usableBytes, String reason) {
    /** What a file system that is nearly full keeps for itself: where less is left, room is what was missing. */
    private static final long SLACK_BYTES = 64 << 10;

    /** What has failed with {@code cause}, and needs {@code bytes} of the file system of {@code directory}. */
    public static Obstacle of(Disk disk, Path directory, long bytes, Throwable cause) {
        long usable = usableBytes(disk, directory);
        return new Obstacle(usable >= 0 && usable < bytes + SLACK_BYTES, usable, String.valueOf(cause.getMessage()));
    }

    private static long usableBytes(Disk disk, Path directory) {
        try {
            return disk.usableBytes(directory);
        } catch (IOException e) {
            return -1;
        }
    }
}
