package io.streamkeeper.storage.journal;

import java.util.concurrent.Executor;

/**
 * Where a shard's work is done. Each but the last runs one task at a time, in order.
 *
 * @param loop the shard's loop; a task that is given to it on the loop itself runs at the end of the turn
 * @param journal commits; of this shard alone
 * @param background checkpoints and compactions of all shards, so that one does not meet another's
 * @param reads reads from files
 */
public record ShardThreads(Executor loop, Executor journal, Executor background, Executor reads) {}
