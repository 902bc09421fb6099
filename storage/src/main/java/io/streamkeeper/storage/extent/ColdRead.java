package io.streamkeeper.storage.extent;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import io.streamkeeper.storage.disk.Checksum;
import io.streamkeeper.storage.disk.DamagedFileException;
import io.streamkeeper.storage.memory.ReadMemory;
import io.streamkeeper.storage.stream.StreamContent;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One read of bytes, some of which are in files. The shard's loop plans it, and a thread that may block executes it.
 * Until then it holds references to its memory and files, so that checkpoints, compactions and deletions need not wait
 * for it.
 */
public final class ColdRead {
    private static final Logger LOG = LoggerFactory.getLogger(ColdRead.class);

    /** Adjacent runs of one file are read at once, up to this number of bytes. */
    private static final int JOINED_BYTES_MAX = 1 << 20;

    private sealed interface Part permits InMemory, InFile, PartInFile {
        /** Bytes of memory that the part needs, beside those already in memory. */
        long memoryBytes();

        /** Releases what the part holds. */
        void release();
    }

    private record InMemory(ByteBuf held) implements Part {
        @Override
        public long memoryBytes() {
            return 0;
        }

        @Override
        public void release() {
            held.release();
        }
    }

    /** A whole run, of which {@code length} bytes from {@code skip} on are wanted. */
    private record InFile(ExtentFile file, int position, int bytes, int checksum, int skip, int length)
            implements Part {
        boolean isFollowedBy(InFile next) {
            return next.file.equals(file) && next.position == position + bytes;
        }

        @Override
        public long memoryBytes() {
            return bytes;
        }

        @Override
        public void release() {
            releaseFile(file);
        }
    }

    /** Some bytes of a run that is too long to be read whole. */
    private record PartInFile(
            ExtentFile file, int position, int bytes, int checksum, int skip, int length, boolean checks)
            implements Part {
        @Override
        public long memoryBytes() {
            return length;
        }

        @Override
        public void release() {
            releaseFile(file);
        }
    }

    private final long length;
    private final List<Part> parts = new ArrayList<>();

    ColdRead(long length) {
        this.length = length;
    }

    /**
     * Plans a read of the bytes of {@code content} from {@code from} to {@code to}. Runs in files are read as a whole,
     * because a checksum covers a whole run.
     */
    public static ColdRead of(StreamContent content, long from, long to) {
        ColdRead read = new ColdRead(to - from);
        try {
            int last = content.runAt(to - 1);
            for (int run = content.firstRun(from); run <= last; run++) {
                read.add(content, run, Math.max(from, content.runStart(run)), Math.min(to, content.runEnd(run)));
            }
        } catch (RuntimeException | Error e) {
            read.release();
            throw e;
        }
        return read;
    }

    private void add(StreamContent content, int run, long from, long to) {
        if (content.isInFile(run)) {
            long start = content.runStart(run);
            int bytes = (int) (content.runEnd(run) - start);
            add(file(content, run), content.index(run), bytes, content.checksum(run), (int) (from - start), (int)
                    (to - from));
        } else {
            add(content.slice(run, from, to).retain());
        }
    }

    /** Plans a read of a part of a run that lies in a file; {@code checks} says whether its checksum is compared. */
    public static ColdRead ofPart(StreamContent content, long from, long to, boolean checks) {
        int run = content.firstRun(from);
        long start = content.runStart(run);
        if (to > content.runEnd(run)) {
            throw new IllegalStateException("positions " + from + " to " + to + " are not a part of one run");
        }
        ColdRead read = new ColdRead(to - from);
        read.addPart(
                file(content, run),
                content.index(run),
                (int) (content.runEnd(run) - start),
                content.checksum(run),
                (int) (from - start),
                (int) (to - from),
                checks);
        return read;
    }

    /** Plans a read of the lengths of the appends of a run that lies in a file. */
    public static ColdRead ofLengths(StreamContent content, int run) {
        int bytes = content.lengthsBytesInFile(run);
        if (bytes == 0) {
            throw new IllegalStateException("run " + run + " of a stream has no lengths in a file");
        }
        long location = content.lengthsLocationInFile(run);
        ColdRead read = new ColdRead(bytes);
        read.add(file(content, run), (int) (location >>> 32), bytes, (int) location, 0, bytes);
        return read;
    }

    private static Extent file(StreamContent content, int run) {
        if (content.place(run) instanceof Extent extent) {
            return extent;
        }
        throw new IllegalStateException("run " + run + " of a stream is in memory, expected it in a file");
    }

    /** Adds bytes that are in memory; takes ownership of them. */
    void add(ByteBuf bytes) {
        parts.add(new InMemory(bytes));
    }

    /**
     * Adds a part of a long run: {@code wanted} bytes from {@code skip} on. If {@code checks}, the whole run is read
     * for its checksum, piece by piece, through the memory of the part.
     */
    void addPart(Extent extent, int position, int bytes, int checksum, int skip, int wanted, boolean checks) {
        parts.add(new PartInFile(hold(extent), position, bytes, checksum, skip, wanted, checks));
    }

    /** Adds a run, of which {@code wanted} bytes from {@code skip} on are wanted. */
    void add(Extent extent, int position, int bytes, int checksum, int skip, int wanted) {
        parts.add(new InFile(hold(extent), position, bytes, checksum, skip, wanted));
    }

    private static ExtentFile hold(Extent extent) {
        if (!extent.file().retain()) {
            throw new IllegalStateException(extent.file().name() + " is closed, but a stream still needs it");
        }
        return extent.file();
    }

    /** Whether the read waits for another machine. */
    boolean isRemote() {
        for (Part part : parts) {
            if (part instanceof InFile run && run.file().isRemote()) {
                return true;
            }
            if (part instanceof PartInFile run && run.file().isRemote()) {
                return true;
            }
        }
        return false;
    }

    /** Bytes that the read returns. */
    long length() {
        return length;
    }

    /** Bytes of memory that the read needs, including whole runs of which only a part is wanted. */
    public long fileBytes() {
        long bytes = 0;
        for (Part part : parts) {
            bytes += part.memoryBytes();
        }
        return bytes;
    }

    /**
     * Reads and returns the bytes, which the caller owns. Releases the held memory and files, and the rest of {@code
     * memory}, which has {@link #fileBytes}, also if it fails.
     */
    public ByteBuf run(ReadMemory memory) throws IOException {
        CompositeByteBuf all = null;
        int next = 0;
        try {
            all = Unpooled.compositeBuffer(Math.max(2, parts.size()));
            while (next < parts.size()) {
                Part part = parts.get(next);
                if (part instanceof InMemory memoryPart) {
                    all.addComponent(true, memoryPart.held().retain());
                    next++;
                } else if (part instanceof PartInFile run) {
                    all.addComponent(true, read(run, memory));
                    next++;
                } else if (part instanceof InFile run) {
                    int end = lastJoined(next, run) + 1;
                    readRuns(next, end, memory, all);
                    next = end;
                } else {
                    throw new IllegalStateException("a part of the unknown type " + part.getClass());
                }
            }
            return all;
        } catch (IOException | RuntimeException | Error e) {
            if (all != null) {
                all.release();
            }
            throw e;
        } finally {
            memory.close();
            release();
        }
    }

    private int lastJoined(int first, InFile firstRun) {
        int last = first;
        long bytes = firstRun.bytes();
        while (last + 1 < parts.size()
                && parts.get(last) instanceof InFile here
                && parts.get(last + 1) instanceof InFile next
                && here.isFollowedBy(next)
                && bytes + next.bytes() <= JOINED_BYTES_MAX) {
            bytes += next.bytes();
            last++;
        }
        return last;
    }

    private static ByteBuf read(PartInFile run, ReadMemory memory) throws IOException {
        ByteBuf buffer = memory.allocate(run.length());
        try {
            if (run.checks()) {
                twice(run.file(), run.position(), run.bytes(), () -> check(run, buffer));
            }
            run.file().read(run.position() + run.skip(), buffer.nioBuffer(0, run.length()));
            return buffer.writerIndex(run.length());
        } catch (IOException | RuntimeException | Error e) {
            buffer.release();
            throw e;
        }
    }

    /** Reads the whole run through {@code buffer}. */
    private static void check(PartInFile run, ByteBuf buffer) throws IOException {
        CRC32C crc = new CRC32C();
        int done = 0;
        while (done < run.bytes()) {
            int bytes = Math.min(run.bytes() - done, buffer.capacity());
            run.file().read(run.position() + done, buffer.nioBuffer(0, bytes));
            Checksum.update(crc, buffer, 0, bytes);
            done += bytes;
        }
        compare(run.file(), run.position(), run.bytes(), (int) crc.getValue(), run.checksum());
    }

    private void readRuns(int first, int end, ReadMemory memory, CompositeByteBuf all) throws IOException {
        InFile firstRun = (InFile) parts.get(first);
        InFile lastRun = (InFile) parts.get(end - 1);
        int bytes = lastRun.position() + lastRun.bytes() - firstRun.position();
        ByteBuf buffer = memory.allocate(bytes);
        try {
            twice(firstRun.file(), firstRun.position(), bytes, () -> {
                firstRun.file().read(firstRun.position(), buffer.nioBuffer(0, bytes));
                for (Part part : parts.subList(first, end)) {
                    check((InFile) part, buffer, firstRun.position());
                }
            });
            int from = firstRun.skip();
            int to = lastRun.position() - firstRun.position() + lastRun.skip() + lastRun.length();
            all.addComponent(true, buffer.retainedSlice(from, to - from));
        } finally {
            buffer.release();
        }
    }

    /** A step of a read that compares checksums. */
    private interface CheckedStep {
        void run() throws IOException;
    }

    /** Runs a step that reads; again if bytes from another machine were damaged, perhaps on their way. */
    private static void twice(ExtentFile file, int position, int bytes, CheckedStep step) throws IOException {
        try {
            step.run();
        } catch (DamagedFileException e) {
            if (!file.isRemote()) {
                throw e;
            }
            LOG.warn("{}; it is read again", e.getMessage());
            file.forget(position, bytes);
            step.run();
        }
    }

    private static void check(InFile run, ByteBuf buffer, int base) throws IOException {
        int index = run.position() - base;
        compare(run.file(), run.position(), run.bytes(), Checksum.of(buffer, index, run.bytes()), run.checksum());
    }

    private static void compare(ExtentFile file, int position, int bytes, int checksum, int expected)
            throws DamagedFileException {
        if (checksum != expected) {
            throw new DamagedFileException(file.name(), position, "the checksum of " + bytes + " bytes does not match");
        }
    }

    private static void releaseFile(ExtentFile file) {
        try {
            file.release();
        } catch (IOException e) {
            LOG.warn("{} cannot be closed: {}", file.name(), e.getMessage());
        }
    }

    /** Releases the held memory and files if the read is not executed. */
    public void release() {
        for (Part part : parts) {
            part.release();
        }
        parts.clear();
    }
}
