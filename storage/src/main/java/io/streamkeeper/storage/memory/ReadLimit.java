package io.streamkeeper.storage.memory;

import org.jspecify.annotations.Nullable;

/**
 * How far one read goes.
 *
 * @param end the position that it does not pass, {@code Long.MAX_VALUE} for the tail
 * @param bytesMax about how many bytes it returns at most
 * @param share of the answer that it reads a window of, which may end inside a message; null if it is all by itself,
 *     and refused where there is no memory
 */
public record ReadLimit(long end, int bytesMax, @Nullable ReadShare share) {
    /** About {@code bytesMax} bytes before the tail, refused where there is no memory. */
    public static ReadLimit of(int bytesMax) {
        return new ReadLimit(Long.MAX_VALUE, bytesMax, null);
    }

    /** The same with another number of bytes. */
    public ReadLimit withBytesMax(int newBytesMax) {
        return new ReadLimit(end, newBytesMax, share);
    }
}
