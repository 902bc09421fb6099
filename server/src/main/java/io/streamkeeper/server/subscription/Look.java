package io.streamkeeper.server.subscription;

import io.streamkeeper.protocol.Offset;
import io.streamkeeper.protocol.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * A question of a subscription's owner about one stream. Immutable.
 *
 * @param path the path of the stream
 * @param generation the generation that the cursor is of; 0 for none
 * @param acked the position of the cursor
 * @param offset an offset to be resolved; null for none
 * @param arms whether the watch of the stream is armed: the next append after the answer is reported
 */
record Look(
        String path, long generation, long acked, @Nullable Offset offset, boolean arms) {
    /** A question about the stream at a path of which {@code cursor} is acknowledged; null for nothing. */
    static Look at(String path, @Nullable Cursor cursor, @Nullable Offset offset, boolean arms) {
        return cursor == null
                ? new Look(path, 0, 0, offset, arms)
                : new Look(path, cursor.generation(), cursor.position(), offset, arms);
    }

    /**
     * The answer.
     *
     * @param look the question
     * @param generation that of the stream; 0 if no stream exists, and nothing else is known
     * @param start the first position that the stream keeps: what retention has dropped cannot be processed
     * @param tail the durable tail
     * @param acked the offset of the cursor, or of the first position after it that the stream keeps
     * @param end the offset of the tail
     * @param position the position of the offset in the question; -1 if there is none or it is refused
     * @param problem why the offset in the question is refused; null if it is not
     */
    record Seen(
            Look look,
            long generation,
            long start,
            long tail,
            Offset acked,
            Offset end,
            long position,
            @Nullable Refusal problem) {
        static Seen nothing(Look look) {
            return new Seen(look, 0, 0, 0, Offset.ZERO, Offset.ZERO, -1, null);
        }

        boolean exists() {
            return generation != 0;
        }

        /** Whether there is something to process. */
        boolean hasPending() {
            return exists() && tail > Math.max(start, ackedPosition());
        }

        Subscriber.Found found() {
            return new Subscriber.Found(look.path(), generation, start, tail);
        }

        /** The position of the cursor in the stream that exists. */
        long ackedPosition() {
            return generation == look.generation() ? look.acked() : 0;
        }
    }
}
