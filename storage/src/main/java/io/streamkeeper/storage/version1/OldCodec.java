package io.streamkeeper.storage.version1;

import io.netty.buffer.ByteBuf;
import io.streamkeeper.protocol.ContentType;
import io.streamkeeper.protocol.Expiry;
import io.streamkeeper.protocol.Offset;
import io.streamkeeper.protocol.Producer;
import io.streamkeeper.protocol.Retention;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.storage.disk.Variable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The encoding of records and descriptions in version 1. Numbers are variable unless a width is given; a text is its
 * length in bytes and UTF-8.
 *
 * <pre>
 *   record:       length u32 of everything after it, type u8 (1 created, 2 appended, 3 deleted, 4 trimmed),
 *                 generation u64, atMillis, …, number of runs, of each bytes and messages, payload
 *   created:      flags u8 (1 closed, 2 fork, 4 the fork names an offset, 8 retention), path, content type,
 *                 expiry: kind u8 (0 never, 1 seconds, 2 milliseconds u64), retention: age, bytes, messages, each plus
 *                 one fork: source path, offset: generation u64 and position, sub-offset, source generation u64,
 *                 position, earliest, lineage: count, of each path, generation u64, start, end
 *   appended:     flags u8 (1 producer, 2 Stream-Seq, 4 closes), producer: id, epoch, sequence; Stream-Seq
 *   trimmed:      position
 *   description:  flags u8 (1 closed, 2 deleted, 4 closed by a producer, 8 Stream-Seq), lastLsn, tail, messages,
 *                 earliest, atMillis, created, producer that closed, Stream-Seq, number of producers, producers
 * </pre>
 */
final class OldCodec {
    private static final int TEXT_BYTES_MAX = 1 << 24;

    private final Map<String, ContentType> contentTypes = new HashMap<>();

    /**
     * A decoded record.
     *
     * @param payload the first byte of its payload in the buffer that it was read from
     * @param runs the runs of the payload, in order
     */
    record Read(OldRecord record, int payload, List<Run> runs) {}

    /** Bytes and messages of a run. */
    record Run(int bytes, int messages) {}

    /**
     * Reads the record at {@code in}'s reader index, and moves that after its payload.
     *
     * @throws IllegalArgumentException if it is none
     */
    Read read(ByteBuf in) {
        int length = in.readInt();
        if (length < 0 || length > in.readableBytes()) {
            throw new IllegalArgumentException(
                    "a record has " + length + " bytes, expected at most " + in.readableBytes());
        }
        int end = in.readerIndex() + length;
        int type = in.readByte();
        long generation = in.readLong();
        long at = Variable.read(in);
        OldRecord record = switch (type) {
            case 1 -> readCreated(in, generation, at);
            case 2 -> readAppended(in, generation, at);
            case 3 -> new OldRecord.Deleted(generation);
            case 4 -> new OldRecord.Trimmed(generation, Variable.read(in));
            default -> throw new IllegalArgumentException("a record has the unknown type " + type);
        };
        List<Run> runs = readRuns(in);
        int payload = in.readerIndex();
        long bytes = runs.stream().mapToLong(Run::bytes).sum();
        if (payload + bytes != end) {
            throw new IllegalArgumentException(
                    "a record's payload has " + bytes + " bytes, expected " + (end - payload));
        }
        in.readerIndex(end);
        return new Read(record, payload, runs);
    }

    private static List<Run> readRuns(ByteBuf in) {
        int count = Variable.readCount(in);
        if (count > in.readableBytes()) {
            throw new IllegalArgumentException("a record has " + count + " runs, expected at most a byte's worth each");
        }
        List<Run> runs = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            runs.add(new Run(Variable.readCount(in), Variable.readCount(in)));
        }
        return runs;
    }

    private static OldRecord.Appended readAppended(ByteBuf in, long generation, long at) {
        int flags = in.readByte();
        Producer producer = (flags & 1) == 0 ? null : readProducer(in);
        String seq = (flags & 2) == 0 ? null : readText(in);
        return new OldRecord.Appended(generation, producer, seq, (flags & 4) != 0, at);
    }

    private static Producer readProducer(ByteBuf in) {
        return new Producer(readText(in), Variable.read(in), Variable.read(in));
    }

    private OldRecord.Created readCreated(ByteBuf in, long generation, long at) {
        int flags = in.readByte();
        StreamPath path = new StreamPath(readText(in));
        ContentType type = contentTypes.computeIfAbsent(readText(in), ContentType::parse);
        Expiry expiry = readExpiry(in);
        Retention retention = (flags & 8) == 0
                ? Retention.none()
                : new Retention(Variable.read(in) - 1, Variable.read(in) - 1, Variable.read(in) - 1);
        OldRecord.Fork fork = (flags & 2) == 0 ? null : readFork(in, (flags & 4) != 0);
        return new OldRecord.Created(generation, path, type, expiry, retention, (flags & 1) != 0, fork, at);
    }

    private static Expiry readExpiry(ByteBuf in) {
        int kind = in.readByte();
        return switch (kind) {
            case 0 -> Expiry.never();
            case 1 -> new Expiry.Ttl(Variable.read(in));
            case 2 -> new Expiry.At(in.readLong());
            default -> throw new IllegalArgumentException("a stream has the unknown kind of expiry " + kind);
        };
    }

    private static OldRecord.Fork readFork(ByteBuf in, boolean hasOffset) {
        StreamPath source = new StreamPath(readText(in));
        Offset offset = hasOffset ? new Offset(in.readLong(), Variable.read(in)) : null;
        OldRecord.Fork fork = new OldRecord.Fork(
                source, offset, Variable.read(in), in.readLong(), Variable.read(in), Variable.read(in));
        int ancestors = Variable.readCount(in);
        for (int i = 0; i < ancestors; i++) {
            in.skipBytes(Variable.readCount(in));
            in.skipBytes(Long.BYTES);
            Variable.read(in);
            Variable.read(in);
        }
        return fork;
    }

    /**
     * Reads a description.
     *
     * @throws IllegalArgumentException if it is none
     */
    OldRecord.Description readDescription(ByteBuf in, long generation) {
        int flags = in.readByte();
        long lastLsn = Variable.read(in);
        long tail = Variable.read(in);
        long messages = Variable.read(in);
        long earliest = Variable.read(in);
        OldRecord.Created created = readCreated(in, generation, Variable.read(in));
        Producer closedBy = (flags & 4) == 0 ? null : readProducer(in);
        String seq = (flags & 8) == 0 ? null : readText(in);
        int count = Variable.readCount(in);
        List<Producer> producers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            producers.add(readProducer(in));
        }
        return new OldRecord.Description(
                created,
                lastLsn,
                tail,
                messages,
                earliest,
                (flags & 1) != 0,
                (flags & 2) != 0,
                closedBy,
                seq,
                producers);
    }

    /** The lsn of the last record that an encoded description includes; the rest is not decoded. */
    static long lastLsnOf(ByteBuf encoded) {
        return Variable.read(encoded.slice(encoded.readerIndex() + 1, encoded.readableBytes() - 1));
    }

    private static String readText(ByteBuf in) {
        int bytes = Variable.readCount(in);
        if (bytes > TEXT_BYTES_MAX) {
            throw new IllegalArgumentException("a text has " + bytes + " bytes, expected at most " + TEXT_BYTES_MAX);
        }
        return in.readCharSequence(bytes, StandardCharsets.UTF_8).toString();
    }
}
