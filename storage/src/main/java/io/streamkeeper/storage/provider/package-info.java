/**
 * How parts of the storage are replaced by others. {@link io.streamkeeper.storage.provider.StorageProvider} is what an
 * implementation from outside of this project implements; {@link io.streamkeeper.storage.provider.ShardIdentity} says
 * which shard it is asked for; {@link io.streamkeeper.storage.provider.StorageProviders} finds one by its name. Used by
 * the thread that opens a shard.
 */
@NullMarked
package io.streamkeeper.storage.provider;

import org.jspecify.annotations.NullMarked;
