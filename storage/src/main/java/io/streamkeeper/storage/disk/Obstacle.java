package io.streamkeeper.storage.disk;

import java.io.IOException;

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

    /** How much room there is, if that can be read. */
    public interface Room {
        /** Bytes that can be written. */
        long usableBytes() throws IOException;
    }

    /** What has failed with {@code cause}, and needs {@code bytes} of {@code room}. */
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
