package io.streamkeeper.storage.stream;

import io.streamkeeper.storage.memory.Place;
import org.jspecify.annotations.Nullable;

/** What the store of extents has noted about one stream. Owned by the shard's loop; only that store changes it. */
public final class ExtentAccount {
    private @Nullable Place owner;
    private boolean dirty;
    private boolean described;
    private boolean dropped;

    /** The extent that has the newest description of the stream, or the block of memory that it wrote to last. */
    @Nullable
    public Place owner() {
        return owner;
    }

    public void owner(@Nullable Place newOwner) {
        owner = newOwner;
    }

    /** Whether the journal has records about the stream that no extent has. */
    public boolean isDirty() {
        return dirty;
    }

    public void dirty(boolean nowDirty) {
        dirty = nowDirty;
    }

    /** Whether a file may have an entry of the stream: then its deletion must be in one too (I8). */
    public boolean isDescribed() {
        return described;
    }

    public void described(boolean nowDescribed) {
        described = nowDescribed;
    }

    /** Whether nobody sees the stream any more, and nothing inherits from it. */
    public boolean isDropped() {
        return dropped;
    }

    public void dropped() {
        dropped = true;
    }
}
