/**
 * The journal's files: segments of batch frames. Knows bytes and log sequence numbers, not what the records say.
 *
 * <p>To read in this order: {@link io.streamkeeper.storage.log.FrameLayout} and
 * {@link io.streamkeeper.storage.log.SegmentLayout}, the formats; {@link io.streamkeeper.storage.log.Segments}, the files;
 * {@link io.streamkeeper.storage.log.LogWriter}, the group commit; {@link io.streamkeeper.storage.log.LogReader}, what
 * recovery reads. {@code LogWriter} belongs to the journal's thread.
 */
@NullMarked
package io.streamkeeper.storage.log;

import org.jspecify.annotations.NullMarked;
