package io.streamkeeper.cluster;

import java.nio.ByteBuffer;

/**
 * The memory of a frame, reserved by {@link FrameLog#reserve}. Owned by the caller, which fills it, until it is
 * proposed; then by the log.
 */
public final class ProposedFrame implements AutoCloseable {
    /** What Ratis and this module keep for a frame of any length, about. */
    private static final int OVERHEAD = 1_024;

    private final Proposer proposer;
    private final byte[] entry;
    /** Guarded by the lock of the proposer. */
    private boolean proposed;

    /** Guarded by the lock of the proposer. */
    private boolean released;

    ProposedFrame(Proposer proposer, int bytes) {
        this.proposer = proposer;
        this.entry = new byte[EntryLayout.HEADER_BYTES + bytes];
    }

    static long reservedFor(int bytes) {
        return OVERHEAD + EntryLayout.HEADER_BYTES + (long) bytes;
    }

    /** The bytes of the frame, to be filled before it is proposed. */
    public ByteBuffer bytes() {
        return ByteBuffer.wrap(entry, EntryLayout.HEADER_BYTES, length()).slice();
    }

    /** The length of the frame. */
    public int length() {
        return entry.length - EntryLayout.HEADER_BYTES;
    }

    /** The bytes with room for the header of an entry before them. */
    byte[] entry() {
        return entry;
    }

    long reserved() {
        return reservedFor(length());
    }

    /** Makes the log the owner. */
    void markProposed() {
        if (proposed || released) {
            throw new IllegalStateException("the frame was proposed or released before");
        }
        proposed = true;
    }

    boolean isProposed() {
        return proposed;
    }

    /** Whether the caller is the first that releases it. */
    boolean markReleased() {
        boolean first = !released;
        released = true;
        return first;
    }

    /** Releases the memory of a frame that is not proposed; does nothing if it was proposed or released. */
    @Override
    public void close() {
        proposer.releaseUnused(this);
    }
}
