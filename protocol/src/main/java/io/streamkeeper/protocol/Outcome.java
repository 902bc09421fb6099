package io.streamkeeper.protocol;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** What came of a {@link Command}. The response is made of it, and of nothing else of the stream's. */
public sealed interface Outcome
        permits Refusal, Outcome.Created, Outcome.Appended, Outcome.Described, Outcome.Deleted, Outcome.Chunk {

    /**
     * The stream is there as described.
     *
     * @param existed whether it was there before
     * @param stream how it is now
     */
    record Created(boolean existed, StreamInfo stream) implements Outcome {}

    /**
     * The append or close is in the stream.
     *
     * @param nextOffset the tail behind it
     * @param closed whether the stream is closed now
     * @param wrote whether this request put bytes there: false for a close alone and for a duplicate
     * @param producer what the producer is told, or null where none was named: its epoch, and the highest sequence
     *     number taken in it
     */
    record Appended(
            Offset nextOffset,
            boolean closed,
            boolean wrote,
            @Nullable Producer producer) implements Outcome {}

    /**
     * What HEAD tells.
     *
     * @param stream how the stream is
     */
    record Described(StreamInfo stream) implements Outcome {}

    /** The stream is removed. */
    record Deleted() implements Outcome {}

    /**
     * A run of a stream's bytes, perhaps empty; of a long one {@code bytes} may be the beginning only. It owns {@code bytes}: who writes the response releases it.
     *
     * @param contentType the stream's
     * @param expiry the stream's, beyond which no cache may keep the run
     * @param incarnation the stream's own generation, for the entity tag
     * @param start where the run begins
     * @param next where it ends; the offset to read on from
     * @param upToDate whether it ended at the tail
     * @param closed whether the stream is closed and the run ended at its tail
     * @param bytes the bytes as stored: JSON messages with a comma behind each
     */
    record Chunk(
            ContentType contentType,
            Expiry expiry,
            long incarnation,
            Offset start,
            Offset next,
            boolean upToDate,
            boolean closed,
            ByteBuf bytes)
            implements Outcome {

        /** {@return how many bytes the run has, whether or not they are all here} */
        public long length() {
            return next.position() - start.position();
        }

        /** {@return whether all bytes of the run are here} */
        public boolean isWhole() {
            return bytes.readableBytes() == length();
        }

        /**
         * {@return the same run with other buffers of the same bytes} This chunk's own are not released.
         *
         * @param sameBytes taken over by the new chunk
         */
        public Chunk withBytes(ByteBuf sameBytes) {
            return new Chunk(contentType, expiry, incarnation, start, next, upToDate, closed, sameBytes);
        }

        /**
         * {@return the beginning of the run} It shares this chunk's buffer, which is released once for both.
         *
         * @param length bytes, at most as many as the run has
         * @param end the offset behind them
         */
        public Chunk upTo(int length, Offset end) {
            if (length == bytes.readableBytes()) {
                return this;
            }
            ByteBuf first = bytes.slice(bytes.readerIndex(), length);
            return new Chunk(contentType, expiry, incarnation, start, end, false, false, first);
        }
    }
}
