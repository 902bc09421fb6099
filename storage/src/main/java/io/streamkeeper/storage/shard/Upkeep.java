package io.streamkeeper.storage.shard;

import io.streamkeeper.storage.stream.StreamState;
import java.util.Deque;

/** What a shard does by itself: streams expire, and data is dropped by its age. Owned by the shard's loop. */
final class Upkeep {
    /** Streams whose data expires by its age that are looked at in one step, so that a step stays short. */
    private static final int AGED_STEP_MAX = 1_000;

    private final ShardState shard;

    Upkeep(ShardState shard) {
        this.shard = shard;
    }

    /** Deletes streams whose time is over, and drops data that is too old; a bounded step, to be called now and then. */
    void step() {
        shard.expiring().step(shard.clock().wallMillis(), shard.clock().steadyMillis(), stream -> {
            Deletion.expireIfDue(shard, stream);
            if (!stream.isDeleted()) {
                shard.expiring().add(stream);
            }
        });
        trimAged();
    }

    /** Looks at some of the streams of which data expires by its age; all of them in turn. */
    private void trimAged() {
        Deque<StreamState> aged = shard.aged();
        for (int looks = Math.min(AGED_STEP_MAX, aged.size()); looks > 0; looks--) {
            StreamState stream = aged.remove();
            if (!stream.isDurablyDeleted()) {
                Trim.decide(shard, stream);
                aged.add(stream);
            }
        }
    }
}
