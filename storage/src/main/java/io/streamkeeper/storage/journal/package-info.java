/**
 * The log of a shard. {@link io.streamkeeper.storage.journal.Journal} is the interface, and {@link
 * io.streamkeeper.storage.journal.LoggedRecords} what it reports of other processes; {@link
 * io.streamkeeper.storage.journal.MemoryJournal} writes nothing to a disk; {@link
 * io.streamkeeper.storage.journal.FileJournal} writes records into frames, on the loop of the shard.
 *
 * <p>These classes run on the thread of the journal, which may block: {@link io.streamkeeper.storage.journal.LogWriter}
 * does the group commit, {@link io.streamkeeper.storage.journal.Segments} manages the files, and {@link
 * io.streamkeeper.storage.journal.LogReader} reads them at a start. {@link
 * io.streamkeeper.storage.journal.SegmentLayout} and {@link io.streamkeeper.storage.journal.FrameLayout} define the
 * format.
 */
@NullMarked
package io.streamkeeper.storage.journal;

import org.jspecify.annotations.NullMarked;
