package io.streamkeeper.cluster;

import io.streamkeeper.cluster.EntryLayout.Part;
import io.streamkeeper.cluster.EntryLayout.UnreadableEntryException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Joins the parts of frames, and decides which entries count. Owned by the thread of {@link Delivery}.
 *
 * <p>Its state is a function of the log from any place on at which a frame ends: a frame counts with its last part, a
 * part of another term voids the parts before it, and an entry whose epoch is not its term does not count. A frame that
 * the log contains twice, because its leader has repeated it, counts once.
 */
final class FrameParts {
    private final int frameBytesMax;
    private long term;
    private long lastNumber = -1;
    private @Nullable ByteBuffer joined;

    FrameParts(int frameBytesMax) {
        this.frameBytesMax = frameBytesMax;
    }

    /**
     * Adds the entry at a place.
     *
     * @return the frame that ends with this entry, read-only, or null if none does
     */
    @Nullable
    ByteBuffer add(LogPosition at, ByteBuffer entry) throws UnreadableEntryException {
        Part part = EntryLayout.read(entry);
        if (part.epoch() != at.term()) {
            return null;
        }
        if (at.term() != term) {
            term = at.term();
            lastNumber = -1;
            joined = null;
        }
        if (part.number() <= lastNumber) {
            return null;
        }
        if (lastNumber >= 0 && part.number() != lastNumber + 1) {
            throw new UnreadableEntryException(
                    "it is part of frame " + part.number() + " of its epoch, expected " + (lastNumber + 1));
        }
        return part.isWhole() ? ended(part.number(), part.bytes()) : join(part);
    }

    private @Nullable ByteBuffer join(Part part) throws UnreadableEntryException {
        if (part.length() > frameBytesMax) {
            throw new UnreadableEntryException("its frame has " + part.length() + " bytes, expected at most "
                    + frameBytesMax + ", the limit of this member");
        }
        if (part.position() == 0 && joined == null) {
            joined = ByteBuffer.allocate(part.length());
        }
        ByteBuffer frame = joined;
        if (frame == null || frame.position() > part.position()) {
            return null;
        }
        if (frame.position() < part.position() || frame.capacity() != part.length()) {
            throw new UnreadableEntryException("it has bytes from " + part.position() + " of " + part.length()
                    + " on, expected " + frame.position() + " of " + frame.capacity());
        }
        frame.put(part.bytes());
        return frame.hasRemaining() ? null : ended(part.number(), frame.flip());
    }

    private ByteBuffer ended(long number, ByteBuffer frame) {
        lastNumber = number;
        joined = null;
        return frame.asReadOnlyBuffer();
    }

    /** Whether parts of a frame have arrived, and others not. */
    boolean isJoining() {
        return joined != null;
    }

    /** Releases the parts of a frame whose epoch has ended. */
    void termIs(long newTerm) {
        if (newTerm != term) {
            joined = null;
        }
    }
}
