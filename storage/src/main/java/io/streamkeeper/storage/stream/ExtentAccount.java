package io.streamkeeper.storage.stream;

import io.streamkeeper.storage.memory.Place;
import org.jspecify.annotations.Nullable;

/** What the store of extents has noted about one stream. Owned by the shard's loop; only that store changes it. */
public final class ExtentAccount {
    private @Nullable Place home;
    private boolean changed;
    private boolean described;
    private boolean dropped;

    /** The extent that has the newest description of the stream, or the block of memory that it wrote to last. */
    @Nullable
    public Place home() {
        return home;
    }

    public void home(@Nullable Place newHome) {
        home = newHome;
    }

    /** Whether the journal has records about the stream that no extent has. */
    public boolean isChanged() {
        return changed;
    }

    public void changed(boolean nowChanged) {
        changed = nowChanged;
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
