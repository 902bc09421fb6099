package io.streamkeeper.cluster;

import java.nio.ByteBuffer;

/**
 * The format of an entry of the log: a frame, or one part of a long frame. All numbers are big-endian.
 *
 * <pre>
 *    0  1  version of the format
 *    1  8  epoch: the term of the leader that proposed the frame
 *    9  8  number of the frame in its epoch, from 0
 *   17  4  length of the frame
 *   21  4  position of the first byte of this part in the frame
 *   25     the bytes
 * </pre>
 *
 * <p>There is no checksum: Ratis has one for each entry of its files, and a frame has its own. An entry counts only in
 * the term of its epoch: one that was proposed in an earlier epoch, and appended when the member led again, is skipped
 * by all members.
 */
final class EntryLayout {
    /** The bytes of a frame in one entry; a longer frame is split. Ratis refuses entries of more than 4 MB. */
    static final int PART_BYTES_MAX = 3 << 20;

    static final byte VERSION = 1;

    private static final int EPOCH = 1;
    private static final int NUMBER = EPOCH + Long.BYTES;
    private static final int LENGTH = NUMBER + Long.BYTES;
    private static final int POSITION = LENGTH + Integer.BYTES;
    static final int HEADER_BYTES = POSITION + Integer.BYTES;

    private EntryLayout() {}

    /**
     * The header of an entry and its bytes.
     *
     * @param epoch the term of the leader that proposed the frame
     * @param number of the frame in its epoch
     * @param length of the frame
     * @param position of the first byte of the part in the frame
     * @param bytes of the part, read-only
     */
    record Part(long epoch, long number, int length, int position, ByteBuffer bytes) {
        boolean isWhole() {
            return position == 0 && bytes.remaining() == length;
        }
    }

    /** Writes the header of the part at {@code position} to the beginning of {@code to}. */
    static void writeHeader(byte[] to, long epoch, long number, int length, int position) {
        ByteBuffer.wrap(to)
                .put(VERSION)
                .putLong(epoch)
                .putLong(number)
                .putInt(length)
                .putInt(position);
    }

    /**
     * Reads an entry; the bytes of the result are a slice of it.
     *
     * @throws UnreadableEntryException if no leader of this version has written it
     */
    static Part read(ByteBuffer entry) throws UnreadableEntryException {
        if (entry.remaining() < HEADER_BYTES || entry.get(entry.position()) != VERSION) {
            throw new UnreadableEntryException(
                    entry.hasRemaining()
                            ? "its format has version " + entry.get(entry.position()) + ", expected " + VERSION
                            : "it is empty");
        }
        int start = entry.position();
        Part part = new Part(
                entry.getLong(start + EPOCH),
                entry.getLong(start + NUMBER),
                entry.getInt(start + LENGTH),
                entry.getInt(start + POSITION),
                entry.slice(start + HEADER_BYTES, entry.remaining() - HEADER_BYTES));
        if (part.position < 0 || part.position > part.length - part.bytes.remaining()) {
            throw new UnreadableEntryException("it has " + part.bytes.remaining() + " bytes at position "
                    + part.position + " of a frame of " + part.length + " bytes");
        }
        return part;
    }

    /** An entry of the log that this version does not understand. */
    static final class UnreadableEntryException extends Exception {
        private static final long serialVersionUID = 1L;

        UnreadableEntryException(String what) {
            super(what);
        }
    }
}
