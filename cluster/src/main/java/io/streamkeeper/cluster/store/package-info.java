/**
 * The stores of a server whose journal is the replicated log: {@link
 * io.streamkeeper.cluster.store.ClusterStores} is what the server opens.
 *
 * <p>In reading order: {@link io.streamkeeper.cluster.store.RecordFrame}, the format of a frame; {@link
 * io.streamkeeper.cluster.store.ShardJournal}, the journal of a shard, on its loop; {@link
 * io.streamkeeper.cluster.store.FrameQueue}, which owns the thread that proposes frames; {@link
 * io.streamkeeper.cluster.store.ShardInput}, which passes committed records to a shard, on the thread of the log; {@link
 * io.streamkeeper.cluster.store.ShardReplay}, for a start; and {@link
 * io.streamkeeper.cluster.store.ClusterStores}, which connects them. {@link
 * io.streamkeeper.cluster.store.MemberExport} makes the store of a server without a cluster.
 */
@NullMarked
package io.streamkeeper.cluster.store;

import org.jspecify.annotations.NullMarked;
