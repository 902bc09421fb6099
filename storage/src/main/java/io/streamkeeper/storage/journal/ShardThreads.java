package io.streamkeeper.storage.journal;

import java.util.concurrent.Executor;

/**
 * The executors that run the work of a shard. Each but the last two runs one task at a time, in order.
 *
 * @param loop the shard's loop; a task that the loop itself submits runs at the end of the turn
 * @param journal commits of this shard only
 * @param background checkpoints and compactions of all shards, so that those of two shards never run at once
 * @param reads reads from files
 * @param remoteReads reads from other machines
 */
public record ShardThreads(Executor loop, Executor journal, Executor background, Executor reads, Executor remoteReads) {
    /** The threads of a shard without reads from other machines. */
    public ShardThreads(Executor loop, Executor journal, Executor background, Executor reads) {
        this(loop, journal, background, reads, reads);
    }
}
