package io.streamkeeper.protocol;

import io.netty.buffer.ByteBuf;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The result of a {@link Command}, from which the response is written. */
public sealed interface Outcome
        permits Refusal,
                Outcome.Created,
                Outcome.Appended,
                Outcome.Described,
                Outcome.Changed,
                Outcome.Deleted,
                Outcome.Listed,
                Outcome.Changes,
                Outcome.Chunk {

    /**
     * The stream exists as described.
     *
     * @param existed whether it existed before
     * @param stream its state now
     */
    record Created(boolean existed, StreamInfo stream) implements Outcome {}

    /**
     * The append or close is in the stream.
     *
     * @param nextOffset the tail after it
     * @param closed whether the stream is closed now
     * @param wrote whether this request added bytes; false for a close without a body and for a duplicate
     * @param producer the producer headers of the response, or null for an append without a producer: the epoch, and
     *     the highest sequence number accepted in it
     */
    record Appended(
            Offset nextOffset,
            boolean closed,
            boolean wrote,
            @Nullable Producer producer) implements Outcome {}

    /**
     * The description that HEAD returns.
     *
     * @param stream the state of the stream
     */
    record Described(StreamInfo stream) implements Outcome {}

    /**
     * The metadata is as the change wanted it.
     *
     * @param stream the state of the stream
     */
    record Changed(StreamInfo stream) implements Outcome {}

    /** The stream is deleted. */
    record Deleted() implements Outcome {}

    /**
     * A page of a listing.
     *
     * @param streams the streams, in the order of their paths
     * @param groups the groups, in the same order; each ends with a slash
     * @param next the last item, after which the next page begins; null if this is the last page
     * @param position from which on changes of streams are not on the page; null if this is not the first page
     */
    record Listed(
            List<ListedStream> streams,
            List<String> groups,
            @Nullable String next,
            @Nullable ListingPosition position) implements Outcome {
        /**
         * Copies the lists.
         *
         * @param streams the streams, in the order of their paths
         * @param groups the groups, in the same order; each ends with a slash
         * @param next the last item; null if this is the last page
         * @param position from which on changes are not on the page; null if this is not the first page
         */
        public Listed {
            streams = List.copyOf(streams);
            groups = List.copyOf(groups);
        }
    }

    /**
     * Creations, closures and deletions of streams.
     *
     * @param changes those of one path in their order
     * @param position the place after them
     * @param hasAll whether there were no more when they were read
     */
    record Changes(List<StreamChange> changes, ListingPosition position, boolean hasAll) implements Outcome {
        /**
         * Copies the list.
         *
         * @param changes those of one path in their order
         * @param position the place after them
         * @param hasAll whether there were no more when they were read
         */
        public Changes {
            changes = List.copyOf(changes);
        }
    }

    /**
     * A run of bytes of a stream, perhaps empty; of a long one, {@code bytes} may be only the beginning. It owns
     * {@code bytes}, which the code that writes the response releases.
     *
     * @param contentType the content type of the stream
     * @param expiry the expiry of the stream, after which no cache may keep the run
     * @param incarnation the generation of the stream, for the entity tag
     * @param start where the run begins
     * @param next where it ends; the offset of the next read
     * @param upToDate whether it ends at the tail
     * @param closed whether the stream is closed and the run ends at its tail
     * @param earliest whether it begins at the first byte that the stream keeps
     * @param bytes the bytes as stored: JSON messages, each followed by a comma
     */
    record Chunk(
            ContentType contentType,
            Expiry expiry,
            long incarnation,
            Offset start,
            Offset next,
            boolean upToDate,
            boolean closed,
            boolean earliest,
            ByteBuf bytes)
            implements Outcome {

        /** {@return the length of the run in bytes, those included that {@code bytes} does not have} */
        public long length() {
            return next.position() - start.position();
        }

        /** {@return whether {@code bytes} has the whole run} */
        public boolean isWhole() {
            return bytes.readableBytes() == length();
        }

        /**
         * {@return the same run with another buffer of the same bytes} The buffer of this chunk is not released.
         *
         * @param sameBytes taken over by the new chunk
         */
        public Chunk withBytes(ByteBuf sameBytes) {
            return new Chunk(contentType, expiry, incarnation, start, next, upToDate, closed, earliest, sameBytes);
        }

        /**
         * {@return the same run, where more may follow} It shares this chunk's buffer, which is released once for both.
         */
        public Chunk withoutEnd() {
            return new Chunk(contentType, expiry, incarnation, start, next, false, false, earliest, bytes);
        }

        /**
         * {@return the beginning of the run} It shares this chunk's buffer, which is released once for both.
         *
         * @param length length in bytes, at most that of the run
         * @param end the offset after them
         */
        public Chunk upTo(int length, Offset end) {
            if (length == bytes.readableBytes()) {
                return this;
            }
            ByteBuf first = bytes.slice(bytes.readerIndex(), length);
            return new Chunk(contentType, expiry, incarnation, start, end, false, false, earliest, first);
        }
    }
}
