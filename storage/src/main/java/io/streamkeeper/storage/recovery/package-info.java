/**
 * The start of a shard. {@link io.streamkeeper.storage.recovery.FileShard} opens a shard and connects its parts; {@link
 * io.streamkeeper.storage.recovery.Recovery} reads the extents and applies the journal; {@link
 * io.streamkeeper.storage.recovery.RecoveredForks} counts the forks of all shards. {@link
 * io.streamkeeper.storage.recovery.LogToExtents} makes a copy of a shard that needs no log.
 *
 * <p>Used by one thread before the server listens; it may block.
 */
@NullMarked
package io.streamkeeper.storage.recovery;

import org.jspecify.annotations.NullMarked;
