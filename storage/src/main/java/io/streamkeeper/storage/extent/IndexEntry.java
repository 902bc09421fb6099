package io.streamkeeper.storage.extent;

import io.netty.buffer.ByteBuf;
import io.streamkeeper.storage.disk.Variable;
import io.streamkeeper.storage.stream.StoredRuns;
import org.jspecify.annotations.Nullable;

/**
 * An entry of the index of an extent file: runs of one stream, and perhaps its description. Its runs are decoded only
 * when they are needed, because they take two to four times as much memory as their encoding. Immutable.
 *
 * <pre>
 *   generation   u64
 *   flags        u8        1 has a description, 2 its runs have times, 4 some have lengths of appends
 *   description            if it has one: length, variable; its bytes, opaque here
 *   start        variable  the stream's position at which the first run begins
 *   messages     variable  before the first run
 *   position     variable  of the first run in the file
 *   runs         variable  their number; then of each run:
 *     bytes      variable
 *     messages   variable
 *     millis     variable  if the runs have times
 *     crc32c     u32       of its bytes
 *     lengths    variable  if some runs have lengths: the bytes of the lengths of its appends, or 0
 *     crc32c     u32       of these lengths, if it has any
 * </pre>
 */
public final class IndexEntry {
    private static final int HAS_META = 1;
    private static final int HAS_TIMES = 2;
    private static final int HAS_LENGTHS = 4;

    private final long generation;
    private final @Nullable ByteBuf meta;
    private final int flags;
    private final long start;
    private final long messagesBefore;
    private final long position;
    private final int runCount;
    private final long bytes;
    private final ByteBuf encodedRuns;

    private IndexEntry(ByteBuf in) {
        generation = in.readLong();
        flags = in.readByte();
        meta = (flags & HAS_META) == 0 ? null : in.readSlice(Variable.readCount(in));
        start = Variable.read(in);
        messagesBefore = Variable.read(in);
        position = Variable.read(in);
        runCount = Variable.readCount(in);
        int from = in.readerIndex();
        long sum = 0;
        for (int run = 0; run < runCount; run++) {
            sum += skipRun(in);
        }
        bytes = sum;
        encodedRuns = in.slice(from, in.readerIndex() - from);
    }

    /** Skips a run; returns its bytes. */
    private int skipRun(ByteBuf in) {
        int runBytes = Variable.readCount(in);
        Variable.read(in);
        if (isTimed()) {
            Variable.read(in);
        }
        in.skipBytes(Integer.BYTES);
        if (hasLengths() && Variable.readCount(in) > 0) {
            in.skipBytes(Integer.BYTES);
        }
        return runBytes;
    }

    /**
     * Reads an entry, which refers to the memory of {@code in}.
     *
     * @throws IndexOutOfBoundsException if {@code in} does not have all of it
     * @throws IllegalArgumentException if it is not an entry
     */
    static IndexEntry read(ByteBuf in) {
        return new IndexEntry(in);
    }

    /** Writes an entry. */
    static void write(ByteBuf out, long generation, @Nullable ByteBuf meta, StoredRuns runs) {
        out.writeLong(generation)
                .writeByte((meta == null ? 0 : HAS_META)
                        | (runs.isTimed() ? HAS_TIMES : 0)
                        | (runs.hasLengths() ? HAS_LENGTHS : 0));
        if (meta != null) {
            Variable.write(out, meta.readableBytes());
            out.writeBytes(meta, meta.readerIndex(), meta.readableBytes());
        }
        Variable.write(out, runs.start());
        Variable.write(out, runs.messagesBefore());
        Variable.write(out, runs.count() == 0 ? 0 : runs.position(0));
        Variable.write(out, runs.count());
        for (int run = 0; run < runs.count(); run++) {
            writeRun(out, runs, run);
        }
    }

    private static void writeRun(ByteBuf out, StoredRuns runs, int run) {
        Variable.write(out, runs.bytes(run));
        Variable.write(out, runs.messages(run));
        if (runs.isTimed()) {
            Variable.write(out, runs.millis(run));
        }
        out.writeInt(runs.checksum(run));
        if (runs.hasLengths()) {
            Variable.write(out, runs.lengthsBytes(run));
            if (runs.lengthsBytes(run) > 0) {
                out.writeInt(runs.lengthsChecksum(run));
            }
        }
    }

    public long generation() {
        return generation;
    }

    /** The stream's description, or null if the entry has none. */
    public @Nullable ByteBuf meta() {
        return meta;
    }

    public int runCount() {
        return runCount;
    }

    /** The stream's position at which the first run begins. */
    public long start() {
        return start;
    }

    /** The stream's position after the last run. */
    public long end() {
        return start + bytes;
    }

    /** Messages, or appends of a stream of bytes, before the first run. */
    public long messagesBefore() {
        return messagesBefore;
    }

    private boolean isTimed() {
        return (flags & HAS_TIMES) != 0;
    }

    private boolean hasLengths() {
        return (flags & HAS_LENGTHS) != 0;
    }

    /** The runs, decoded: a new object for each call. */
    public StoredRuns runs() {
        ByteBuf in = encodedRuns.duplicate();
        StoredRuns runs = new StoredRuns(start, messagesBefore, isTimed(), runCount);
        long at = position;
        int groupStart = 0;
        long groupBytes = 0;
        for (int run = 0; run < runCount; run++) {
            int runBytes = Variable.readCount(in);
            int messages = Variable.readCount(in);
            long millis = isTimed() ? Variable.read(in) : 0;
            runs.add(at, in.readInt(), runBytes, messages, millis);
            int lengthsBytes = hasLengths() ? Variable.readCount(in) : 0;
            if (lengthsBytes > 0) {
                runs.lengths(run, in.readInt(), lengthsBytes);
            }
            at += runBytes;
            groupBytes += runBytes;
            if (groupBytes >= ExtentWriter.GROUP_BYTES || run == runCount - 1) {
                at = runs.placeLengths(groupStart, at);
                groupStart = run + 1;
                groupBytes = 0;
            }
        }
        return runs;
    }
}
