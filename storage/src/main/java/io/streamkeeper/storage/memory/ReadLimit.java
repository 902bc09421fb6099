package io.streamkeeper.storage.memory;

import org.jspecify.annotations.Nullable;

/**
 * The limits of one read.
 *
 * @param end the position that it does not pass, {@code Long.MAX_VALUE} for the tail
 * @param bytesMax about how many bytes it returns at most
 * @param share the share of the response of which it reads a window, which may end inside a message; null for a read
 *     that belongs to no such response and is refused if memory is short
 */
public record ReadLimit(long end, int bytesMax, @Nullable ReadShare share) {
    /** About {@code bytesMax} bytes before the tail; the read is refused if memory is short. */
    public static ReadLimit of(int bytesMax) {
        return new ReadLimit(Long.MAX_VALUE, bytesMax, null);
    }

    /** This limit with another number of bytes. */
    public ReadLimit withBytesMax(int newBytesMax) {
        return new ReadLimit(end, newBytesMax, share);
    }
}
