/**
 * Reads data directories of format version 1, which are converted at the start; nothing writes that version. Frozen: a
 * change of the current formats does not touch it.
 *
 * <p>In reading order: {@link io.streamkeeper.storage.version1.OldCodec} decodes the records and descriptions; {@link
 * io.streamkeeper.storage.version1.OldStream} is the stream that results from them; {@link
 * io.streamkeeper.storage.version1.OldShard} reads the files. Used by one thread at the start, which may block.
 */
@NullMarked
package io.streamkeeper.storage.version1;

import org.jspecify.annotations.NullMarked;
