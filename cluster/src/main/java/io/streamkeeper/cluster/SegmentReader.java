package io.streamkeeper.cluster;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.streamkeeper.storage.disk.Checksum;
import io.streamkeeper.storage.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads the entries of a file of the log. Owned by one thread.
 *
 * <pre>
 *   0   8  "RaftLog1"
 *   8      entries; after the last one zeros to the end of the file
 *
 *   entry:
 *   0   1–5  length of the body, as a varint of Protocol Buffers
 *            body: 0x08 term, 0x10 index (none in entry 0), and what Ratis or a member wrote
 *       4    CRC32C of length and body, big-endian
 * </pre>
 */
final class SegmentReader {
    static final byte[] HEADER = "RaftLog1".getBytes(US_ASCII);
    /** As much as an entry can have, see {@link RaftSettings}. */
    static final int ENTRY_BYTES_MAX = (4 << 20) + 64;

    private static final int VARINT_MAX = 10;
    private static final int CHECKSUM_BYTES = Integer.BYTES;
    private static final int TERM_TAG = 0x08;
    private static final int INDEX_TAG = 0x10;

    private final DiskFile file;
    private final long size;
    private final ByteBuffer buffer = ByteBuffer.allocate(ENTRY_BYTES_MAX);
    private long position = HEADER.length;

    /** The position in the file of the first byte in the buffer. */
    private long bufferStart = HEADER.length;

    SegmentReader(DiskFile file) throws IOException {
        this.file = file;
        this.size = file.size();
        buffer.limit(0);
    }

    /**
     * An entry.
     *
     * @param at its place in the log
     * @param bytes how many it has in the file
     * @param body what Ratis or a member wrote, as a message of Protocol Buffers; valid until the next call
     */
    record Entry(LogPosition at, int bytes, ByteBuffer body) {}

    /** Whether the file begins as every one does. */
    boolean hasHeader() throws IOException {
        byte[] found = new byte[(int) Math.min(size, HEADER.length)];
        file.readFully(0, ByteBuffer.wrap(found));
        return Arrays.equals(found, HEADER);
    }

    /** Where the next entry begins. */
    long position() {
        return position;
    }

    /** The next entry, or null if none begins here; {@link #isAtEnd} says whether that is the regular end. */
    @Nullable
    Entry next() throws IOException {
        Entry entry = inBuffer();
        if (entry == null && bufferStart + buffer.limit() < size) {
            bufferStart = position;
            buffer.clear().limit((int) Math.min(ENTRY_BYTES_MAX, size - position));
            file.readFully(position, buffer);
            entry = inBuffer();
        }
        if (entry != null) {
            position += entry.bytes();
        }
        return entry;
    }

    /** The entry with an index, which is read up to; null if it does not follow. */
    @Nullable
    Entry find(long index) throws IOException {
        Entry entry = next();
        while (entry != null && entry.at().index() < index) {
            entry = next();
        }
        return entry != null && entry.at().index() == index ? entry : null;
    }

    private @Nullable Entry inBuffer() {
        return parse(buffer.duplicate().position((int) (position - bufferStart)));
    }

    /** Whether only zeros follow. */
    boolean isAtEnd() throws IOException {
        return lengthOfRest() == 0;
    }

    /** The number of bytes from the position to the last one that is not zero. */
    long lengthOfRest() throws IOException {
        long length = 0;
        for (long at = position; at < size; at += buffer.limit()) {
            buffer.clear().limit((int) Math.min(buffer.capacity(), size - at));
            file.readFully(at, buffer);
            for (int each = buffer.limit() - 1; each >= 0; each--) {
                if (buffer.get(each) != 0) {
                    length = at + each + 1 - position;
                    break;
                }
            }
        }
        bufferStart = position;
        buffer.limit(0);
        return length;
    }

    /** Whether one of the next bytes begins an entry later than {@code last}, after the one at the position. */
    boolean hasEntryInRest(LogPosition last, int length) throws IOException {
        byte[] rest = new byte[length];
        file.readFully(position, ByteBuffer.wrap(rest));
        for (int start = 1; start < length; start++) {
            Entry entry = parse(ByteBuffer.wrap(rest, start, length - start));
            if (entry != null && entry.at().index() > last.index() && entry.at().term() >= last.term()) {
                return true;
            }
        }
        return false;
    }

    /** The entry at the position of {@code bytes}, or null if there is none. */
    private static @Nullable Entry parse(ByteBuffer bytes) {
        int start = bytes.position();
        long bodyLength = varint(bytes);
        int bodyStart = bytes.position();
        if (bodyLength <= 0 || bodyLength > bytes.remaining() - CHECKSUM_BYTES) {
            return null;
        }
        LogPosition at = placeIn(bytes);
        int end = bodyStart + (int) bodyLength;
        if (at == null || bytes.getInt(end) != Checksum.of(bytes.slice(start, end - start))) {
            return null;
        }
        return new Entry(at, end + CHECKSUM_BYTES - start, bytes.slice(bodyStart, (int) bodyLength));
    }

    private static @Nullable LogPosition placeIn(ByteBuffer body) {
        if (!body.hasRemaining() || body.get() != TERM_TAG) {
            return null;
        }
        long term = varint(body);
        long index = 0;
        if (body.hasRemaining() && body.get(body.position()) == INDEX_TAG) {
            body.get();
            index = varint(body);
        }
        return term < 1 || index < 0 ? null : new LogPosition(term, index);
    }

    /** A number of Protocol Buffers, or -1. */
    private static long varint(ByteBuffer bytes) {
        long value = 0;
        for (int each = 0; each < VARINT_MAX && bytes.hasRemaining(); each++) {
            byte part = bytes.get();
            value |= (part & 0x7fL) << (7 * each);
            if (part >= 0) {
                return value;
            }
        }
        return -1;
    }
}
