package io.streamkeeper.storage.record;

import io.netty.buffer.ByteBuf;
import io.streamkeeper.protocol.ContentType;
import io.streamkeeper.protocol.Expiry;
import io.streamkeeper.protocol.ForkOrigin;
import io.streamkeeper.protocol.Offset;
import io.streamkeeper.protocol.Producer;
import io.streamkeeper.protocol.Retention;
import io.streamkeeper.protocol.StreamPath;

/**
 * The format of records in the journal. A payload follows its record directly, so that both are written as a unit (I4):
 *
 * <pre>
 *   length      u32       bytes after this field
 *   type        u8        1 created, 2 appended, 5 used, 6 deleted, 7 trimmed, 8 released, 9 changed
 *   generation  u64
 *   atMillis    variable
 *   …           by type, see the methods
 *   runs        variable  their number; then the bytes and messages of each, variable
 *   payload     the stored bytes of all runs; up to the record's end
 * </pre>
 *
 * The fields by type:
 *
 * <pre>
 *   6 deleted   dropped   u8        1 if the stream is dropped, 0 if forks keep it
 *   7 trimmed   position  variable
 *               dropped   u8        1 if the bytes before the position are dropped, 0 if forks keep them
 *   8 released  nothing
 *   9 changed   type      text      the content type
 *               expiry              as in a creation
 *               retention           each of the three bounds plus one, variable
 * </pre>
 *
 * Journals of format version 2 have two other types, which are read but not written: 3 deleted, with no fields, and 4
 * trimmed, with the position. They do not say whether forks keep the bytes. They are read as if forks kept everything;
 * after the forks are counted, the start logs the release of streams that no fork needs.
 *
 * <p>The frame's checksum covers the whole record and its payload.
 */
public final class RecordCodec {
    private static final int LENGTH_BYTES = 4;
    private static final int TYPE_CREATED = 1;
    private static final int TYPE_APPENDED = 2;
    private static final int TYPE_DELETED_OF_VERSION_2 = 3;
    private static final int TYPE_TRIMMED_OF_VERSION_2 = 4;
    private static final int TYPE_USED = 5;
    private static final int TYPE_DELETED = 6;
    private static final int TYPE_TRIMMED = 7;
    private static final int TYPE_RELEASED = 8;
    private static final int TYPE_CHANGED = 9;

    private static final int NEVER = 0;
    private static final int TTL = 1;
    private static final int AT = 2;

    private static final int HAS_PRODUCER = 1;
    private static final int HAS_SEQ = 2;
    private static final int CLOSES = 4;
    private static final int EVICTS = 8;

    private static final int IS_CLOSED = 1;
    private static final int IS_FORK = 2;
    private static final int HAS_OFFSET = 4;
    private static final int HAS_RETENTION = 8;

    /** An upper bound on the bytes of all fields of fixed size and all variable numbers. */
    private static final int FIXED_BYTES_MAX = 128;

    private RecordCodec() {}

    // ---- writing ----

    /** The most bytes that a record takes, including its payload. */
    public static int bytesMax(LogRecord record, Runs runs) {
        int bytes = FIXED_BYTES_MAX + runs.bytes() + (1 + 2 * runs.count()) * Fields.VARIABLE_BYTES_MAX;
        if (record instanceof LogRecord.Created created) {
            return bytes + createdBytesMax(created);
        }
        if (record instanceof LogRecord.Appended appended) {
            Producer producer = appended.producer();
            return bytes
                    + Fields.textBytesMax(producer == null ? null : producer.id())
                    + Fields.textBytesMax(appended.streamSeq());
        }
        if (record instanceof LogRecord.Changed changed) {
            return bytes + Fields.textBytesMax(changed.config().contentType().value());
        }
        return bytes;
    }

    static int createdBytesMax(LogRecord.Created created) {
        int bytes = FIXED_BYTES_MAX
                + Fields.textBytesMax(created.path().value())
                + Fields.textBytesMax(created.config().contentType().value());
        LogRecord.Fork fork = created.fork();
        if (fork == null) {
            return bytes;
        }
        return bytes
                + FIXED_BYTES_MAX
                + Fields.textBytesMax(fork.origin().source().value());
    }

    /** Writes a record without its payload; returns the index of its length, for {@link #finish}. */
    public static int begin(ByteBuf out, LogRecord record, Runs runs) {
        int start = out.writerIndex();
        out.writeInt(0);
        switch (record.kind()) {
            case APPENDED -> {
                writeHead(out, TYPE_APPENDED, record);
                writeAppended(out, (LogRecord.Appended) record);
            }
            case CREATED -> {
                writeHead(out, TYPE_CREATED, record);
                writeCreated(out, (LogRecord.Created) record);
            }
            case TRIMMED -> {
                writeHead(out, TYPE_TRIMMED, record);
                Fields.writeVariable(out, ((LogRecord.Trimmed) record).position());
                out.writeByte(((LogRecord.Trimmed) record).dropped() ? 1 : 0);
            }
            case DELETED -> {
                writeHead(out, TYPE_DELETED, record);
                out.writeByte(((LogRecord.Deleted) record).dropped() ? 1 : 0);
            }
            case RELEASED -> writeHead(out, TYPE_RELEASED, record);
            case USED -> {
                writeHead(out, TYPE_USED, record);
                Fields.writeVariable(out, ((LogRecord.Used) record).coveredMillis());
            }
            case CHANGED -> {
                writeHead(out, TYPE_CHANGED, record);
                StreamConfig config = ((LogRecord.Changed) record).config();
                Fields.writeText(out, config.contentType().value());
                writeExpiry(out, config.expiry());
                writeRetention(out, config.retention());
            }
            default -> throw new IllegalArgumentException("a record of the unknown kind " + record.kind());
        }
        Fields.writeVariable(out, runs.count());
        for (int i = 0; i < runs.count(); i++) {
            Fields.writeVariable(out, runs.bytes(i));
            Fields.writeVariable(out, runs.messages(i));
        }
        return start;
    }

    /** Writes the length of a record after its payload was written. */
    public static void finish(ByteBuf out, int start) {
        out.setInt(start, out.writerIndex() - start - LENGTH_BYTES);
    }

    private static void writeHead(ByteBuf out, int type, LogRecord record) {
        out.writeByte(type);
        out.writeLong(record.generation());
        Fields.writeVariable(out, record.atMillis());
    }

    private static void writeAppended(ByteBuf out, LogRecord.Appended appended) {
        Producer producer = appended.producer();
        String seq = appended.streamSeq();
        out.writeByte((producer == null ? 0 : HAS_PRODUCER)
                | (seq == null ? 0 : HAS_SEQ)
                | (appended.close() ? CLOSES : 0)
                | (appended.evictions() == 0 ? 0 : EVICTS));
        if (producer != null) {
            writeProducer(out, producer);
        }
        if (appended.evictions() != 0) {
            Fields.writeVariable(out, appended.evictions());
        }
        if (seq != null) {
            Fields.writeText(out, seq);
        }
    }

    static void writeProducer(ByteBuf out, Producer producer) {
        Fields.writeText(out, producer.id());
        Fields.writeVariable(out, producer.epoch());
        Fields.writeVariable(out, producer.seq());
    }

    static void writeCreated(ByteBuf out, LogRecord.Created created) {
        LogRecord.Fork fork = created.fork();
        Offset offset = fork == null ? null : fork.origin().offset();
        out.writeByte((created.closed() ? IS_CLOSED : 0)
                | (fork == null ? 0 : IS_FORK)
                | (offset == null ? 0 : HAS_OFFSET)
                | (created.config().retention().isNone() ? 0 : HAS_RETENTION));
        Fields.writeText(out, created.path().value());
        Fields.writeText(out, created.config().contentType().value());
        writeExpiry(out, created.config().expiry());
        if (!created.config().retention().isNone()) {
            writeRetention(out, created.config().retention());
        }
        if (fork == null) {
            return;
        }
        Fields.writeText(out, fork.origin().source().value());
        if (offset != null) {
            out.writeLong(offset.generation());
            Fields.writeVariable(out, offset.position());
        }
        Fields.writeVariable(out, fork.origin().subOffset());
        out.writeLong(fork.sourceGeneration());
        Fields.writeVariable(out, fork.position());
        Fields.writeVariable(out, fork.earliest());
    }

    private static void writeRetention(ByteBuf out, Retention retention) {
        Fields.writeVariable(out, retention.maxAgeSeconds() + 1);
        Fields.writeVariable(out, retention.maxBytes() + 1);
        Fields.writeVariable(out, retention.maxMessages() + 1);
    }

    private static void writeExpiry(ByteBuf out, Expiry expiry) {
        if (expiry instanceof Expiry.Ttl ttl) {
            out.writeByte(TTL);
            Fields.writeVariable(out, ttl.seconds());
        } else if (expiry instanceof Expiry.At at) {
            out.writeByte(AT);
            out.writeLong(at.epochMillis());
        } else if (expiry instanceof Expiry.Never) {
            out.writeByte(NEVER);
        } else {
            throw new IllegalArgumentException("an expiry of the unknown type " + expiry.getClass());
        }
    }

    // ---- reading ----

    /**
     * A record that was read.
     *
     * @param payload the index of its payload's first byte in the buffer from which it was read
     */
    public record Read(LogRecord record, Runs runs, int payload) {}

    /**
     * Reads the record at {@code in}'s reader index, which is after its payload when this returns.
     *
     * @throws IllegalArgumentException if it is not a record
     */
    public static Read read(ByteBuf in, Interned interned) {
        int length = in.readInt();
        if (length < 0 || length > in.readableBytes()) {
            throw new IllegalArgumentException(
                    "a record has " + length + " bytes, expected at most " + in.readableBytes());
        }
        int end = in.readerIndex() + length;
        int type = in.readByte();
        long generation = in.readLong();
        long at = Fields.readVariable(in);
        LogRecord record = switch (type) {
            case TYPE_CREATED -> readCreated(in, generation, at, interned);
            case TYPE_APPENDED -> readAppended(in, generation, at);
            case TYPE_DELETED_OF_VERSION_2 -> new LogRecord.Deleted(generation, false, at);
            case TYPE_TRIMMED_OF_VERSION_2 -> new LogRecord.Trimmed(generation, Fields.readVariable(in), false, at);
            case TYPE_USED -> new LogRecord.Used(generation, at, Fields.readVariable(in));
            case TYPE_DELETED -> new LogRecord.Deleted(generation, readFlag(in), at);
            case TYPE_TRIMMED -> new LogRecord.Trimmed(generation, Fields.readVariable(in), readFlag(in), at);
            case TYPE_RELEASED -> new LogRecord.Released(generation, at);
            case TYPE_CHANGED -> readChanged(in, generation, at, interned);
            default -> throw new IllegalArgumentException("a record has the unknown type " + type);
        };
        Runs runs = readRuns(in);
        int payload = in.readerIndex();
        if (payload + runs.bytes() != end) {
            throw new IllegalArgumentException(
                    "a record's payload has " + runs.bytes() + " bytes, expected " + (end - payload));
        }
        in.readerIndex(end);
        return new Read(record, runs, payload);
    }

    private static boolean readFlag(ByteBuf in) {
        int flag = in.readByte();
        if (flag != 0 && flag != 1) {
            throw new IllegalArgumentException("a record has " + flag + " where 0 or 1 is expected");
        }
        return flag == 1;
    }

    private static Runs readRuns(ByteBuf in) {
        int count = Fields.readCount(in);
        if (count > in.readableBytes()) {
            throw new IllegalArgumentException("a record has " + count + " runs, expected at most a byte's worth each");
        }
        int[] parts = new int[2 * count];
        for (int i = 0; i < parts.length; i++) {
            parts[i] = Fields.readCount(in);
        }
        return Runs.of(parts);
    }

    private static LogRecord.Appended readAppended(ByteBuf in, long generation, long at) {
        int flags = in.readByte();
        Producer producer = (flags & HAS_PRODUCER) == 0 ? null : readProducer(in);
        int evictions = (flags & EVICTS) == 0 ? 0 : Fields.readCount(in);
        String seq = (flags & HAS_SEQ) == 0 ? null : Fields.readText(in);
        return new LogRecord.Appended(generation, producer, evictions, seq, (flags & CLOSES) != 0, at);
    }

    static Producer readProducer(ByteBuf in) {
        return new Producer(Fields.readText(in), Fields.readVariable(in), Fields.readVariable(in));
    }

    static LogRecord.Created readCreated(ByteBuf in, long generation, long at, Interned interned) {
        int flags = in.readByte();
        StreamPath path = new StreamPath(Fields.readText(in));
        ContentType type = interned.contentType(Fields.readText(in));
        Expiry expiry = readExpiry(in);
        Retention retention = (flags & HAS_RETENTION) == 0 ? Retention.none() : readRetention(in);
        LogRecord.Fork fork = (flags & IS_FORK) == 0 ? null : readFork(in, (flags & HAS_OFFSET) != 0);
        StreamConfig config = interned.config(type, expiry, retention);
        return new LogRecord.Created(generation, path, config, (flags & IS_CLOSED) != 0, fork, at);
    }

    private static LogRecord.Changed readChanged(ByteBuf in, long generation, long at, Interned interned) {
        ContentType type = interned.contentType(Fields.readText(in));
        Expiry expiry = readExpiry(in);
        return new LogRecord.Changed(generation, interned.config(type, expiry, readRetention(in)), at);
    }

    private static Retention readRetention(ByteBuf in) {
        return new Retention(Fields.readVariable(in) - 1, Fields.readVariable(in) - 1, Fields.readVariable(in) - 1);
    }

    private static Expiry readExpiry(ByteBuf in) {
        int kind = in.readByte();
        return switch (kind) {
            case NEVER -> Expiry.never();
            case TTL -> new Expiry.Ttl(Fields.readVariable(in));
            case AT -> new Expiry.At(in.readLong());
            default -> throw new IllegalArgumentException("a stream has the unknown kind of expiry " + kind);
        };
    }

    private static LogRecord.Fork readFork(ByteBuf in, boolean hasOffset) {
        StreamPath source = new StreamPath(Fields.readText(in));
        Offset offset = hasOffset ? new Offset(in.readLong(), Fields.readVariable(in)) : null;
        ForkOrigin origin = new ForkOrigin(source, offset, Fields.readVariable(in));
        return new LogRecord.Fork(origin, in.readLong(), Fields.readVariable(in), Fields.readVariable(in));
    }
}
