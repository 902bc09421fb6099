/**
 * The object-store tier: extent files of which a copy is in an object store, so that the local one can be removed. No
 * acknowledgement waits for it. In reading order: {@link io.streamkeeper.storage.tier.ObjectStore} is the interface to
 * the objects, which {@link io.streamkeeper.storage.tier.ObjectStoreProvider} opens by the scheme of a location; {@link
 * io.streamkeeper.storage.tier.Tier} is the tier of a process, and plugs it in as a storage provider; {@link
 * io.streamkeeper.storage.tier.ShardTier} holds the extent files of one shard, each a {@link
 * io.streamkeeper.storage.tier.TieredFile} that {@link io.streamkeeper.storage.tier.Upload} copies; {@link
 * io.streamkeeper.storage.tier.IndexCopy} keeps the index of a file on this machine, and {@link
 * io.streamkeeper.storage.tier.WindowCache} what was read from objects. {@link io.streamkeeper.storage.tier.Snapshots} makes snapshots of the
 * data directory, from what a {@link io.streamkeeper.storage.tier.ShardCapture} has of each shard, and {@link
 * io.streamkeeper.storage.tier.KeptObjects} has those that another member of a cluster reads.
 *
 * <p>Nothing here runs on a loop. One thread of the process, that of the tier, uploads, removes local copies and deletes
 * objects; the threads of jobs and reads do the rest.
 */
@NullMarked
package io.streamkeeper.storage.tier;

import org.jspecify.annotations.NullMarked;
