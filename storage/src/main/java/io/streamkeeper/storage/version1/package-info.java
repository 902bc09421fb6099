/**
 * Reads data directories of format version 1, which are converted at the start; nothing writes that version. Frozen: a
 * change of the current formats does not touch it.
 *
 * <p>To read in this order: {@link io.streamkeeper.storage.version1.OldCodec}, the records and descriptions;
 * {@link io.streamkeeper.storage.version1.OldStream}, what they come to;
 * {@link io.streamkeeper.storage.version1.OldShard}, which reads the files. Used by one thread at the start, which may
 * block.
 */
@NullMarked
package io.streamkeeper.storage.version1;

import org.jspecify.annotations.NullMarked;
