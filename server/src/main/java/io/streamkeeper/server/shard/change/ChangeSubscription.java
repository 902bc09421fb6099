package io.streamkeeper.server.shard.change;

import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.protocol.StreamChange;
import io.streamkeeper.server.shard.LoopTasks;
import io.streamkeeper.server.shard.Shard;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The part of a {@link ChangeFeed} in one shard. {@link #read} and {@link #cancel} are called on the loop of the feed;
 * everything else belongs to the loop of the shard.
 *
 * <pre>
 *   READS ──has everything──▶ WAITS in a group ──a change concerns it──▶ IDLE until the feed reads again
 *     └──has more──▶ IDLE
 * </pre>
 */
final class ChangeSubscription {
    /** The number of a subscription that begins at the change after the last one. */
    static final long FROM_NOW = -1;

    private final ChangeFeed feed;
    private final int index;
    private final Shard shard;
    private final String prefix;
    private long read;
    private boolean cancelled;
    private @Nullable FollowerGroup group;
    private long waitsSince;

    /**
     * A subscription.
     *
     * @param index the number of the shard in the feed
     * @param read the number of the last change before it, or {@link #FROM_NOW}
     */
    ChangeSubscription(ChangeFeed feed, int index, Shard shard, String prefix, long read) {
        this.feed = feed;
        this.index = index;
        this.shard = shard;
        this.prefix = prefix;
        this.read = read;
    }

    // ---- from the feed ----

    /** Requests the next changes. */
    void readOn() {
        shard.step(this::answerFailed, () -> {
            ShardChanges changes = ShardChanges.of(shard);
            if (read == FROM_NOW) {
                read = changes.last();
            }
            changes.read(this);
        });
    }

    /** Ends the subscription; an answer that is under way may still come. */
    void cancel() {
        shard.run(() -> {
            cancelled = true;
            if (group != null) {
                ShardChanges.of(shard).leave(this);
            }
        });
    }

    // ---- of the shard ----

    String prefix() {
        return prefix;
    }

    boolean isCancelled() {
        return cancelled;
    }

    /** The number of the last change that was looked at. */
    long read() {
        return read;
    }

    void readUpTo(long number) {
        read = number;
    }

    @Nullable
    FollowerGroup group() {
        return group;
    }

    /** The number of the last change when it began to wait. */
    long waitsSince() {
        return waitsSince;
    }

    void waitIn(FollowerGroup newGroup, long number) {
        group = newGroup;
        waitsSince = number;
        newGroup.add(this);
    }

    void leaveGroup() {
        if (group != null) {
            group.remove(this);
            group = null;
        }
    }

    /** A change concerns it, and none up to {@code number}. */
    void wake(long number) {
        group = null;
        read = number;
        LoopTasks.run(feed.loop(), () -> feed.woken(index));
    }

    void answer(List<StreamChange> changes, boolean hasAll) {
        long number = read;
        LoopTasks.run(feed.loop(), () -> feed.answered(index, changes, number, hasAll));
    }

    void answerGone() {
        LoopTasks.run(feed.loop(), feed::gone);
    }

    void answerFailed(Refusal refusal) {
        LoopTasks.run(feed.loop(), () -> feed.failed(refusal));
    }
}
