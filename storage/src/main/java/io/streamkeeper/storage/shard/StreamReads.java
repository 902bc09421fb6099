package io.streamkeeper.storage.shard;

import io.netty.buffer.ByteBuf;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Offset;
import io.streamkeeper.protocol.Outcome;
import io.streamkeeper.protocol.Quoted;
import io.streamkeeper.protocol.ReadStart;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.storage.memory.Buffers;
import io.streamkeeper.storage.memory.ReadLimit;
import io.streamkeeper.storage.stream.StreamState;

/** Answers reads from the durable state of streams (I2). Owned by the shard's loop. */
final class StreamReads {
    private final ContentReader reader;

    StreamReads(ContentReader reader) {
        this.reader = reader;
    }

    /**
     * The position at which a read begins: the tail if the offset is after it. Whether the position is inside a message
     * is checked when it is read.
     *
     * @throws RefusedException if the offset is not one of this stream, or retention has trimmed it
     */
    long position(StreamState stream, ReadStart start) {
        if (start instanceof ReadStart.At at) {
            return Math.min(readable(stream, stream.positionOf(at.offset())), stream.durableTail());
        }
        if (start instanceof ReadStart.Now) {
            return stream.durableTail();
        }
        if (start instanceof ReadStart.Beginning) {
            return stream.durableEarliest();
        }
        throw new IllegalArgumentException("a read starts at the unknown " + start.getClass());
    }

    static long readable(StreamState stream, long position) {
        if (position < stream.durableEarliest()) {
            throw new RefusedException(retained(stream, position));
        }
        return position;
    }

    static Refusal retained(StreamState stream, long position) {
        Offset earliest = stream.offsetAt(stream.durableEarliest());
        return Refusal.retained(
                "offset " + stream.offsetAt(position) + " is before the earliest that is kept, " + earliest, earliest);
    }

    /**
     * Reads the bytes that a stream itself wrote, from {@code from} on, and answers with {@code inherited}, which was
     * read before and ends at {@code from}, followed by them. The answer may be immediate.
     *
     * @param start the position at which the response begins
     * @param inherited owned by the chunk from now on
     * @param limit of zero or negative bytes if {@code inherited} has used up the limit, which a long message may do
     */
    void read(StreamState stream, long start, ByteBuf inherited, long from, ReadLimit limit, Reply reply) {
        boolean full = from < stream.ownStart() || limit.bytesMax() <= 0;
        if (full || from == stream.durableTail()) {
            reply.complete(chunk(stream, start, from, inherited));
            return;
        }
        reader.read(stream, from, stream.durableTail(), limit, new Callback<>() {
            @Override
            public void complete(ByteBuf bytes) {
                long end = from + bytes.readableBytes();
                if (stream.isDurablyDeleted()) {
                    inherited.release();
                    bytes.release();
                    reply.complete(Refusal.of(
                            ErrorCode.STREAM_NOT_FOUND,
                            "stream " + Quoted.of(stream.path().value()) + " was deleted while it was read"));
                } else {
                    reply.complete(chunk(stream, start, end, Buffers.join(inherited, bytes)));
                }
            }

            @Override
            public void refuse(Refusal refusal) {
                inherited.release();
                reply.complete(refusal);
            }
        });
    }

    private static Outcome.Chunk chunk(StreamState stream, long start, long end, ByteBuf bytes) {
        boolean upToDate = end == stream.durableTail();
        return new Outcome.Chunk(
                stream.contentType(),
                stream.expiry(),
                stream.generation(),
                stream.offsetAt(start),
                stream.offsetAt(end),
                upToDate,
                upToDate && stream.isDurablyClosed(),
                start == stream.durableEarliest(),
                bytes);
    }

    /**
     * The bytes from {@code from} on that became durable in this turn of the loop, at most about {@code bytesMax}.
     *
     * @throws RefusedException if retention has dropped some of them in the same turn, or no memory is available for
     *     them
     */
    Outcome.Chunk readNew(StreamState stream, long from, int bytesMax) {
        readable(stream, from);
        long end = stream.content().readEnd(from, stream.durableTail(), bytesMax);
        return chunk(stream, from, end, end == from ? Buffers.NONE : reader.readHeld(stream.content(), from, end));
    }
}
