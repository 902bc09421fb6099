package io.streamkeeper.storage;

import org.jspecify.annotations.Nullable;

/** What the store of extents has noted about one stream. Owned by the shard's loop; only that store changes it. */
final class ExtentAccount {
    private @Nullable Place home;
    private boolean changed;
    private boolean described;
    private boolean dropped;

    /** The extent that has the newest description of the stream, or the block of memory that it wrote to last. */
    @Nullable
    Place home() {
        return home;
    }

    void home(@Nullable Place newHome) {
        home = newHome;
    }

    /** Whether the journal has records about the stream that no extent has. */
    boolean isChanged() {
        return changed;
    }

    void changed(boolean nowChanged) {
        changed = nowChanged;
    }

    /** Whether a file may have an entry of the stream: then its deletion must be in one too (I8). */
    boolean isDescribed() {
        return described;
    }

    void described(boolean nowDescribed) {
        described = nowDescribed;
    }

    /** Whether nobody sees the stream any more, and nothing inherits from it. */
    boolean isDropped() {
        return dropped;
    }

    void dropped() {
        dropped = true;
    }
}
