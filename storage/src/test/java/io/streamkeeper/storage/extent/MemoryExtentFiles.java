package io.streamkeeper.storage.extent;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Extent files as an object store keeps them: an object appears whole when it is sealed, and replaces nothing; what was
 * not sealed is lost in a crash. Outlives the store that uses it, as a directory does. Safe for use by any thread.
 */
public final class MemoryExtentFiles implements ExtentFiles {
    private final NavigableMap<Long, byte[]> sealed = new ConcurrentSkipListMap<>();
    private final AtomicInteger open = new AtomicInteger();
    private final Map<Long, MemoryOutput> begun = new ConcurrentSkipListMap<>();

    /** How many files are open for reading. */
    public int openCount() {
        return open.get();
    }

    /** The process or the machine stops: what was not sealed is lost. */
    public void crash() {
        begun.clear();
        open.set(0);
    }

    @Override
    public Output create(long number) throws IOException {
        if (sealed.containsKey(number)) {
            throw new IOException(name(number) + " is sealed, and cannot be written again");
        }
        MemoryOutput output = new MemoryOutput(number);
        begun.put(number, output);
        return output;
    }

    @Override
    public Input open(long number) throws IOException {
        byte[] bytes = sealed.get(number);
        if (bytes == null) {
            throw new NoSuchFileException(name(number));
        }
        return new MemoryInput(name(number), bytes);
    }

    @Override
    public void delete(long number) {
        sealed.remove(number);
        begun.remove(number);
    }

    @Override
    public List<Long> list() {
        List<Long> all = new ArrayList<>(sealed.keySet());
        all.addAll(begun.keySet());
        all.sort(null);
        return all;
    }

    @Override
    public String name(long number) {
        return "memory:" + number;
    }

    @Override
    public long usableBytes() {
        return Long.MAX_VALUE;
    }

    private final class MemoryOutput implements Output {
        private final long number;
        private byte[] bytes = new byte[64];
        private int count;

        MemoryOutput(long number) {
            this.number = number;
        }

        @Override
        public void write(ByteBuffer more) {
            int needed = count + more.remaining();
            if (needed > bytes.length) {
                bytes = Arrays.copyOf(bytes, Math.max(needed, 2 * bytes.length));
            }
            int length = more.remaining();
            more.get(bytes, count, length);
            count += length;
        }

        @Override
        public void sync() {
            // There is no part of an object that is durable.
        }

        @Override
        public void seal() throws IOException {
            if (!begun.remove(number, this)) {
                throw new IOException(name(number) + " was removed while it was written");
            }
            sealed.put(number, Arrays.copyOf(bytes, count));
        }

        @Override
        public void close() {
            // An upload that was begun holds nothing else.
        }
    }

    private final class MemoryInput implements Input {
        private final String name;
        private final byte[] bytes;

        MemoryInput(String name, byte[] bytes) {
            this.name = name;
            this.bytes = bytes;
            open.incrementAndGet();
        }

        @Override
        public long size() {
            return bytes.length;
        }

        @Override
        public void read(long position, ByteBuffer into) throws IOException {
            if (position + into.remaining() > bytes.length) {
                throw new EOFException(name + " ends at " + bytes.length + ", expected "
                        + (position + into.remaining() - bytes.length) + " bytes more");
            }
            into.put(bytes, (int) position, into.remaining());
        }

        @Override
        public void close() {
            open.decrementAndGet();
        }
    }
}
