package io.streamkeeper.storage.record;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.streamkeeper.protocol.Producer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The description of a stream: its state without its bytes, as stored in an extent file, after its records up to {@code
 * lastLsn}. The newest description of a stream is valid, whichever file contains it.
 *
 * @param created the record that created it, with the properties that the stream has now
 * @param formerGeneration its generation in format version 1, or 0; clients may hold offsets with it
 * @param lastLsn the last record about the stream, or of its use, that this description includes
 * @param tail the position at which its bytes end
 * @param messages the number of messages that were written to it, including trimmed ones
 * @param earliest the first position that can be read
 * @param kept the first position whose bytes are kept, which is before {@code earliest} if forks inherit them; a
 *     description of format version 2 has the stream's beginning here, even if bytes were dropped
 * @param closed whether it is closed
 * @param deleted whether it is deleted; such a description is kept as long as an older file may contain one of the
 *     stream
 * @param dropped whether no bytes of it are kept any more; never set in a description of format version 2
 * @param closedBy the producer's request that closed it, or null
 * @param streamSeq the last {@code Stream-Seq}, or null
 * @param producers the last request of each producer, the one unused for longest first
 * @param usedMillis the last recorded use of a stream with a sliding time to live; -1 if none is recorded
 * @param coveredMillis how long after that no further use is recorded
 * @param appendedSeconds when the last append with content was staged, or the creation if it had content: seconds since
 *     1970 UTC; 0 if there was none, or if the server of an older format version stored it. It is the last field, and
 *     omitted if it is 0
 */
public record StreamMeta(
        LogRecord.Created created,
        long formerGeneration,
        long lastLsn,
        long tail,
        long messages,
        long earliest,
        long kept,
        boolean closed,
        boolean deleted,
        boolean dropped,
        @Nullable Producer closedBy,
        @Nullable String streamSeq,
        List<KnownProducer> producers,
        long usedMillis,
        long coveredMillis,
        long appendedSeconds) {
    private static final int CLOSED = 1;
    private static final int DELETED = 2;
    private static final int CLOSED_BY = 4;
    private static final int SEQ = 8;
    private static final int FORMER = 16;
    private static final int USED = 32;
    private static final int KEPT = 64;
    private static final int DROPPED = 128;
    private static final int FIXED_BYTES_MAX = 128;

    /** Encodes the description into a buffer on the heap. */
    public ByteBuf encode() {
        ByteBuf out = Unpooled.buffer(FIXED_BYTES_MAX + created.path().value().length());
        out.writeByte((closed ? CLOSED : 0)
                | (deleted ? DELETED : 0)
                | (closedBy == null ? 0 : CLOSED_BY)
                | (streamSeq == null ? 0 : SEQ)
                | (formerGeneration == 0 ? 0 : FORMER)
                | (usedMillis < 0 ? 0 : USED)
                | (kept == created.earliest() ? 0 : KEPT)
                | (dropped ? DROPPED : 0));
        Fields.writeVariable(out, lastLsn);
        Fields.writeVariable(out, tail);
        Fields.writeVariable(out, messages);
        Fields.writeVariable(out, earliest);
        Fields.writeVariable(out, created.atMillis());
        RecordCodec.writeCreated(out, created);
        if (formerGeneration != 0) {
            out.writeLong(formerGeneration);
        }
        if (closedBy != null) {
            RecordCodec.writeProducer(out, closedBy);
        }
        if (streamSeq != null) {
            Fields.writeText(out, streamSeq);
        }
        Fields.writeVariable(out, producers.size());
        for (KnownProducer producer : producers) {
            RecordCodec.writeProducer(out, producer.last());
            Fields.writeVariable(out, producer.usedMillis());
        }
        if (usedMillis >= 0) {
            Fields.writeVariable(out, usedMillis);
            Fields.writeVariable(out, coveredMillis);
        }
        if (kept != created.earliest()) {
            Fields.writeVariable(out, kept);
        }
        if (appendedSeconds != 0) {
            Fields.writeVariable(out, appendedSeconds);
        }
        return out;
    }

    /**
     * Reads a description, which extends to the end of {@code in}.
     *
     * @throws IllegalArgumentException if it is not a description
     */
    public static StreamMeta decode(ByteBuf in, long generation, Interned interned) {
        int flags = in.readByte();
        long lastLsn = Fields.readVariable(in);
        long tail = Fields.readVariable(in);
        long messages = Fields.readVariable(in);
        long earliest = Fields.readVariable(in);
        long createdAt = Fields.readVariable(in);
        LogRecord.Created created = RecordCodec.readCreated(in, generation, createdAt, interned);
        long formerGeneration = (flags & FORMER) == 0 ? 0 : in.readLong();
        Producer closedBy = (flags & CLOSED_BY) == 0 ? null : RecordCodec.readProducer(in);
        String seq = (flags & SEQ) == 0 ? null : Fields.readText(in);
        int count = Fields.readCount(in);
        List<KnownProducer> producers = count == 0 ? List.of() : new ArrayList<>();
        for (int i = 0; i < count; i++) {
            producers.add(new KnownProducer(RecordCodec.readProducer(in), Fields.readVariable(in)));
        }
        long used = (flags & USED) == 0 ? -1 : Fields.readVariable(in);
        long covered = (flags & USED) == 0 ? 0 : Fields.readVariable(in);
        long kept = (flags & KEPT) == 0 ? created.earliest() : Fields.readVariable(in);
        return new StreamMeta(
                created,
                formerGeneration,
                lastLsn,
                tail,
                messages,
                earliest,
                kept,
                (flags & CLOSED) != 0,
                (flags & DELETED) != 0,
                (flags & DROPPED) != 0,
                closedBy,
                seq,
                producers,
                used,
                covered,
                in.isReadable() ? Fields.readVariable(in) : 0);
    }

    /**
     * Whether an encoded description is newer than another one, which is in a file with a lower number, or null. If both
     * include the same records, it is: an older server included the last use of the stream, but not the record of it.
     */
    public static boolean isNewer(ByteBuf encoded, @Nullable ByteBuf other) {
        return other == null || lastLsnOf(encoded) >= lastLsnOf(other);
    }

    /** The lsn of the last record that an encoded description includes; reads nothing else of it. */
    public static long lastLsnOf(ByteBuf encoded) {
        return Fields.readVariable(encoded.slice(encoded.readerIndex() + 1, encoded.readableBytes() - 1));
    }

    /** Whether an encoded description is that of a deleted stream. */
    public static boolean isDeleted(ByteBuf encoded) {
        return (encoded.getByte(encoded.readerIndex()) & DELETED) != 0;
    }
}
