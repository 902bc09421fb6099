package io.streamkeeper.storage.disk;

import java.io.IOException;
import java.nio.file.Path;

/**
 * What keeps the store from writing for now: nothing was lost, and another attempt may succeed.
 *
 * @param isDiskFull whether the file system has no room for what was to be written
 * @param reason in words, for people only: nothing is decided by it
 */
public record Obstacle(boolean isDiskFull, String reason) {
    /** What a file system that is nearly full keeps for itself: where less is left, room is what was missing. */
    private static final long SLACK_BYTES = 64 << 10;

    /** What has failed with {@code cause}, and needs {@code bytes} of the file system of {@code directory}. */
    public static Obstacle of(Disk disk, Path directory, long bytes, Throwable cause) {
        return new Obstacle(isFull(disk, directory, bytes), String.valueOf(cause.getMessage()));
    }

    private static boolean isFull(Disk disk, Path directory, long bytes) {
        try {
            return disk.usableBytes(directory) < bytes + SLACK_BYTES;
        } catch (IOException e) {
            return false;
        }
    }
}
