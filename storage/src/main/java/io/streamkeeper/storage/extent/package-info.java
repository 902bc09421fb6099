/**
 * Where runs of bytes are kept after they leave the journal. {@link io.streamkeeper.storage.extent.ExtentStore} is the
 * seam; {@link io.streamkeeper.storage.extent.MemoryExtentStore} keeps them in blocks of memory, {@link
 * io.streamkeeper.storage.extent.FileExtentStore} in extent files: a {@link io.streamkeeper.storage.extent.Checkpoint}
 * writes what has changed, an {@link io.streamkeeper.storage.extent.Compaction} makes one file of several. {@link
 * io.streamkeeper.storage.extent.ColdRead} reads them.
 *
 * <p>The steps of these are short and belong to the loop of the shard; {@link
 * io.streamkeeper.storage.extent.ExtentLayout} (the format), {@link io.streamkeeper.storage.extent.ExtentWriter} and
 * {@link io.streamkeeper.storage.extent.ExtentFile} are for threads that may block.
 */
@NullMarked
package io.streamkeeper.storage.extent;

import org.jspecify.annotations.NullMarked;
