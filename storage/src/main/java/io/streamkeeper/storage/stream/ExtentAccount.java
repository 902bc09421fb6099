package io.streamkeeper.storage.stream;

import io.streamkeeper.storage.memory.Place;
import org.jspecify.annotations.Nullable;

/** The state of one stream in the store of extents. Owned by the shard's loop; only that store changes it. */
public final class ExtentAccount {
    private @Nullable Place owner;
    private boolean dirty;
    private boolean described;
    private boolean dropped;

    /**
     * The extent that has the newest description of the stream, or the block of memory to which the stream wrote last.
     */
    @Nullable
    public Place owner() {
        return owner;
    }

    public void owner(@Nullable Place newOwner) {
        owner = newOwner;
    }

    /** Whether the journal has records about the stream that no extent includes. */
    public boolean isDirty() {
        return dirty;
    }

    public void dirty(boolean nowDirty) {
        dirty = nowDirty;
    }

    /** Whether a file may have an entry of the stream: if so, its deletion must be in a file too (I8). */
    public boolean isDescribed() {
        return described;
    }

    public void described(boolean nowDescribed) {
        described = nowDescribed;
    }

    /** Whether no reader sees the stream any more, and no fork inherits from it. */
    public boolean isDropped() {
        return dropped;
    }

    public void dropped() {
        dropped = true;
    }
}
