/**
 * The log of a shard. {@link io.streamkeeper.storage.journal.Journal} is the seam; {@link
 * io.streamkeeper.storage.journal.MemoryJournal} keeps nothing on a disk, {@link
 * io.streamkeeper.storage.journal.FileJournal} lays records into frames on the loop of the shard.
 *
 * <p>On the thread of the journal, which may block: {@link io.streamkeeper.storage.journal.LogWriter}, the group
 * commit; {@link io.streamkeeper.storage.journal.Segments}, the files; {@link
 * io.streamkeeper.storage.journal.LogReader}, which a start uses. The bytes: {@link
 * io.streamkeeper.storage.journal.SegmentLayout} and {@link io.streamkeeper.storage.journal.FrameLayout}.
 */
@NullMarked
package io.streamkeeper.storage.journal;

import org.jspecify.annotations.NullMarked;
