package io.streamkeeper.storage.shard;

import io.streamkeeper.storage.stream.StreamState;
import java.util.List;
import java.util.Set;

/**
 * The periodic work of a shard: it deletes expired streams, and trims data that no append has trimmed. Owned by the
 * shard's loop.
 */
final class Upkeep {
    /** The most streams that one step trims, so that a step is short. */
    private static final int TRIM_STEP_MAX = 1_000;

    private final ShardState shard;

    Upkeep(ShardState shard) {
        this.shard = shard;
    }

    /**
     * Deletes expired streams, and trims data that retention does not keep, if the shard owns its log; a bounded
     * step, to be called periodically.
     */
    void step() {
        if (shard.leads()) {
            expire();
            catchUp();
        }
        trimAged();
    }

    private void expire() {
        shard.expiring().step(shard.clock().wallMillis(), shard.clock().steadyMillis(), stream -> {
            Deletion.expireIfDue(shard, stream);
            if (!stream.isDeleted()) {
                shard.expiring().add(stream);
            }
        });
    }

    /**
     * Trims some of the streams with retention by age, and forgets those that are deleted; successive calls reach all of
     * them in turn.
     */
    private void trimAged() {
        Set<StreamState> aged = shard.aged();
        for (StreamState stream : aged.stream().limit(TRIM_STEP_MAX).toList()) {
            aged.remove(stream);
            if (!stream.isDurablyDeleted() && stream.config().retention().isByAge()) {
                if (shard.leads()) {
                    Trim.decide(shard, stream);
                }
                aged.add(stream);
            }
        }
    }

    /** Logs some of the trims, releases and unknown uses that could not be logged before. */
    private void catchUp() {
        List<StreamState> some = shard.overdue().stream().limit(TRIM_STEP_MAX).toList();
        for (StreamState stream : some) {
            shard.overdue().remove(stream);
            Release.decide(shard, stream);
            Trim.decide(shard, stream);
            Use.recordUnknown(shard, stream);
        }
    }
}
