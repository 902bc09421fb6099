/**
 * The interface for replacing parts of the storage. Other projects implement {@link
 * io.streamkeeper.storage.provider.StorageProvider}; {@link io.streamkeeper.storage.provider.ShardIdentity} identifies
 * the shard that a provider opens; {@link io.streamkeeper.storage.provider.StorageProviders} finds a provider by its
 * name. Used by the thread that opens a shard.
 */
@NullMarked
package io.streamkeeper.storage.provider;

import org.jspecify.annotations.NullMarked;
