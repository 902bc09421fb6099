package io.streamkeeper.protocol;

import org.jspecify.annotations.Nullable;

/**
 * The limits of a read. It ends at the first of them, or at the tail, but has at least one message or character if there
 * is one.
 *
 * @param messagesMax how many messages of a JSON stream it has at most, 1 or more; -1 for any number
 * @param bytesMax how many bytes it has at most, 1 or more, unless its only message or character is longer; -1 for any
 *     number
 * @param until the offset that it does not pass; null for none
 * @param backward whether it ends, instead of begins, at its start
 */
public record ReadRange(
        long messagesMax, long bytesMax, @Nullable Offset until, boolean backward) {
    /** Stands for a limit that is not set. */
    public static final long NONE = -1;
}
