package io.streamkeeper.storage.shard;

import io.streamkeeper.storage.stream.StreamState;
import java.util.Deque;
import java.util.List;

/** What a shard does by itself: streams expire, and retention drops what no append has dropped. Owned by the shard's loop. */
final class Upkeep {
    /** Streams that are looked at for what retention drops of them in one step, so that a step stays short. */
    private static final int TRIM_STEP_MAX = 1_000;

    private final ShardState shard;

    Upkeep(ShardState shard) {
        this.shard = shard;
    }

    /** Deletes streams whose time is over, and drops what retention does not keep; a bounded step, to be called now and then. */
    void step() {
        shard.expiring().step(shard.clock().wallMillis(), shard.clock().steadyMillis(), stream -> {
            Deletion.expireIfDue(shard, stream);
            if (!stream.isDeleted()) {
                shard.expiring().add(stream);
            }
        });
        trimAged();
        catchUp();
    }

    /** Looks at some of the streams of which data expires by its age; all of them in turn. */
    private void trimAged() {
        Deque<StreamState> aged = shard.aged();
        for (int looks = Math.min(TRIM_STEP_MAX, aged.size()); looks > 0; looks--) {
            StreamState stream = aged.remove();
            if (!stream.isDurablyDeleted()) {
                Trim.decide(shard, stream);
                aged.add(stream);
            }
        }
    }

    /** Trims and releases some of the streams that could not be when they should have been. */
    private void catchUp() {
        List<StreamState> some = shard.overdue().stream().limit(TRIM_STEP_MAX).toList();
        for (StreamState stream : some) {
            shard.overdue().remove(stream);
            Release.decide(shard, stream);
            Trim.decide(shard, stream);
        }
    }
}
