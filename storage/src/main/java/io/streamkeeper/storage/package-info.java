/**
 * The streams of a shard and their durability.
 *
 * <p>To read in this order: {@link io.streamkeeper.storage.ShardStore}, which decides commands and makes them visible;
 * {@link io.streamkeeper.storage.Append} and {@link io.streamkeeper.storage.Creation}, the rules;
 * {@link io.streamkeeper.storage.StreamState} with {@link io.streamkeeper.storage.StreamContent}, what a stream is;
 * {@link io.streamkeeper.storage.LogRecord} and {@link io.streamkeeper.storage.Journal}, what is logged and where;
 * {@link io.streamkeeper.storage.CommitQueue}, why no answer leaves too early; {@link io.streamkeeper.storage.Lineage},
 * what a fork inherits.
 *
 * <p>In files: {@link io.streamkeeper.storage.FileShard} puts the parts together; {@link io.streamkeeper.storage.FileJournal}
 * with {@link io.streamkeeper.storage.RecordCodec}; {@link io.streamkeeper.storage.FileExtentStore} with
 * {@link io.streamkeeper.storage.Checkpoint} and {@link io.streamkeeper.storage.ExtentMerge};
 * {@link io.streamkeeper.storage.ContentReader} and {@link io.streamkeeper.storage.ColdRead};
 * {@link io.streamkeeper.storage.Recovery}. Tools: {@link io.streamkeeper.storage.StoreVerifier},
 * {@link io.streamkeeper.storage.StoreBackup}, {@link io.streamkeeper.storage.FileInspector}.
 *
 * <p>Everything is owned by the shard's loop unless it says otherwise; nothing here starts a thread, see
 * {@link io.streamkeeper.storage.ShardThreads}.
 */
@NullMarked
package io.streamkeeper.storage;

import org.jspecify.annotations.NullMarked;
