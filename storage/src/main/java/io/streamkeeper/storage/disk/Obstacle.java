package io.streamkeeper.storage.disk;

import java.io.IOException;

/**
 * The reason why the store cannot write for now: nothing was lost, and another attempt may succeed.
 *
 * @param isDiskFull whether the file system has no room for the bytes to be written
 * @param usableBytes its free bytes, or -1 if they cannot be read
 * @param reason in words, for people only: no decision depends on it
 */
public record Obstacle(boolean isDiskFull, long usableBytes, String reason) {
    /**
     * Bytes that a nearly full file system keeps for itself: if less than this is left beyond the needed bytes, the
     * disk counts as full.
     */
    private static final long SLACK_BYTES = 64 << 10;

    /** Reads the free room. */
    public interface Room {
        /** Bytes that can be written. */
        long usableBytes() throws IOException;
    }

    /** The obstacle to an operation that failed with {@code cause} and needs {@code bytes} of {@code room}. */
    public static Obstacle of(Room room, long bytes, Throwable cause) {
        long usable = usableBytes(room);
        return new Obstacle(usable >= 0 && usable < bytes + SLACK_BYTES, usable, String.valueOf(cause.getMessage()));
    }

    private static long usableBytes(Room room) {
        try {
            return room.usableBytes();
        } catch (IOException e) {
            return -1;
        }
    }
}
