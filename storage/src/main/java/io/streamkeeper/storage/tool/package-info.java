/**
 * Tools that work on whole data directories and single files: {@link io.streamkeeper.storage.tool.StoreVerifier},
 * {@link io.streamkeeper.storage.tool.StoreBackup}, {@link io.streamkeeper.storage.tool.StoreExport}, {@link io.streamkeeper.storage.tool.SnapshotRestore}, {@link io.streamkeeper.storage.tool.FileInspector}, and {@link
 * io.streamkeeper.storage.tool.StoreConversion}, which converts a directory of an older format to the current one at
 * the start.
 *
 * <p>Used by one thread, which may block.
 */
@NullMarked
package io.streamkeeper.storage.tool;

import org.jspecify.annotations.NullMarked;
