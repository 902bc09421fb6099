/**
 * The streams of a shard and their storage. Each package uses only those above it in this list:
 *
 * <pre>
 *   disk        files, clock, checksums, and the exceptions of the storage
 *   directory   the data directory: its layout, and which files count
 *   record      the records of the log, and their encoding
 *   memory      budgets, and the blocks that they pay for
 *   journal     the log of a shard
 *   stream      the state of one stream, and the table of them
 *   extent      the storage of runs after they leave the journal: checkpoints and compactions
 *   shard       commands: decided, logged, applied, published
 *   provider    the interface by which another journal, or other extent files, replace the files
 *   tier        extent files with copies in an object store
 *   recovery    the work of a start
 *   version1    reads data directories of format version 1
 *   tool        verify, backup, inspect, and the conversion of older formats
 * </pre>
 *
 * <p>A newcomer starts with {@link io.streamkeeper.storage.shard.ShardStore}, reads {@link
 * io.streamkeeper.storage.stream.StreamState}, {@link io.streamkeeper.storage.journal.Journal} and {@link
 * io.streamkeeper.storage.shard.CommitQueue}, and then {@link io.streamkeeper.storage.recovery.FileShard}, which puts
 * the parts together.
 *
 * <p>Everything is owned by the loop of its shard unless it says otherwise. Nothing here starts a thread, see {@link
 * io.streamkeeper.storage.journal.ShardThreads}.
 */
@NullMarked
package io.streamkeeper.storage;

import org.jspecify.annotations.NullMarked;
