package io.streamkeeper.storage.stream;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.streamkeeper.storage.disk.Variable;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The lengths of the appends of one run of a stream of bytes that contains more than one, each length {@link Variable}:
 * of a run in memory the lengths themselves, of a run in a file their location. Owned by the shard's loop.
 *
 * <p>The lengths of a run add up to its bytes, so no count of them is kept.
 */
public abstract sealed class AppendLengths {
    /** The heap that this takes. */
    abstract long heapBytes();

    /** The lengths of a run in a file, or null if it has none. */
    static @Nullable AppendLengths of(StoredRuns runs, int run) {
        int bytes = runs.lengthsBytes(run);
        return bytes == 0 ? null : new InFile(runs.lengthsLocation(run), bytes);
    }

    /** The end, within a run with these lengths, of the append that contains the byte at {@code index}. */
    public static int endAfter(ByteBuf lengths, int index) {
        ByteBuf in = lengths.duplicate();
        int end = 0;
        while (end <= index) {
            end += Variable.readCount(in);
        }
        return end;
    }

    /** The lengths of a run in a file. */
    static final class InFile extends AppendLengths {
        private static final int HEAP_BYTES = 24;

        /** Their position in the file and, in the lower half, their checksum. */
        final long location;

        /** Their size in bytes. */
        final int bytes;

        InFile(long location, int bytes) {
            this.location = location;
            this.bytes = bytes;
        }

        @Override
        long heapBytes() {
            return HEAP_BYTES;
        }
    }

    /** The lengths of a run in memory, which may grow. */
    static final class InMemory extends AppendLengths {
        private static final int HEAP_BYTES = 24 + 16;

        private byte[] lengths = new byte[2 * Variable.BYTES_MAX];
        private int used;

        /** The lengths of a run whose first append has {@code bytes}. */
        InMemory(int bytes) {
            add(bytes);
        }

        private InMemory(byte[] lengths) {
            this.lengths = lengths;
            this.used = lengths.length;
        }

        /** The run grows by an append of {@code bytes}. */
        void add(int bytes) {
            if (lengths.length - used < Variable.BYTES_MAX) {
                lengths = Arrays.copyOf(lengths, 2 * lengths.length + Variable.BYTES_MAX);
            }
            ByteBuf out = Unpooled.wrappedBuffer(lengths).writerIndex(used);
            Variable.write(out, bytes);
            used = out.writerIndex();
        }

        /** Ends the growth: frees the room that is not used. */
        void trim() {
            if (used < lengths.length) {
                lengths = Arrays.copyOf(lengths, used);
            }
        }

        /** The lengths after the run is cut to {@code runBytes}, where an append ends; null if one append is left. */
        @Nullable
        InMemory cutTo(int runBytes) {
            ByteBuf in = encoded();
            int end = Variable.readCount(in);
            if (end == runBytes) {
                return null;
            }
            while (end < runBytes) {
                end += Variable.readCount(in);
            }
            return new InMemory(Arrays.copyOf(lengths, in.readerIndex()));
        }

        /** The lengths, each encoded; not changed when the run grows. */
        ByteBuf encoded() {
            return Unpooled.wrappedBuffer(lengths, 0, used);
        }

        @Override
        long heapBytes() {
            return (long) HEAP_BYTES + lengths.length;
        }
    }
}
