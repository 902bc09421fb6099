/**
 * The storage of runs of bytes after they leave the journal. In reading order: {@link
 * io.streamkeeper.storage.extent.ExtentStore} is the interface; {@link
 * io.streamkeeper.storage.extent.MemoryExtentStore} keeps runs in blocks of memory, with {@link
 * io.streamkeeper.storage.extent.BlockCompaction}; {@link io.streamkeeper.storage.extent.FileExtentStore} keeps them in
 * extent files. The latter runs one {@link io.streamkeeper.storage.extent.ExtentJob} at a time: a {@link
 * io.streamkeeper.storage.extent.Checkpoint} writes the {@link io.streamkeeper.storage.extent.DirtyStreams}, a {@link
 * io.streamkeeper.storage.extent.Compaction} merges several files into one. {@link
 * io.streamkeeper.storage.extent.ExtentCatalog} holds the current files and their manifest, {@link
 * io.streamkeeper.storage.extent.DiskRoom} tracks the room on the disk, {@link
 * io.streamkeeper.storage.extent.RequestedJobs} the jobs that an operator has requested. {@link io.streamkeeper.storage.extent.ColdRead}
 * reads from files.
 *
 * <p>{@link io.streamkeeper.storage.extent.ExtentFiles} is the interface to the files themselves, {@link
 * io.streamkeeper.storage.extent.LocalExtentFiles} those of this machine.
 *
 * <p>Jobs and the store are owned by the loop of the shard, and their steps are short; {@link
 * io.streamkeeper.storage.extent.ExtentLayout} (the format), {@link io.streamkeeper.storage.extent.ExtentWriter} and
 * {@link io.streamkeeper.storage.extent.ExtentFile} are for threads that may block.
 */
@NullMarked
package io.streamkeeper.storage.extent;

import org.jspecify.annotations.NullMarked;
