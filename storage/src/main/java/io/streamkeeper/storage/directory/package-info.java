/**
 * The layout of the data directory: where its files are, which process uses it, and which files are valid.
 *
 * <pre>
 *   data/
 *     LOCK                            held by the process that uses the directory
 *     FORMAT                          version, identity, number of shards
 *     shard-000/
 *       MANIFEST                      the current extents and the checkpoint; replaced by rename
 *       journal/0000000000000001.wal
 *       extents/0000000000000007.ext
 * </pre>
 *
 * <p>To read in this order: {@link io.streamkeeper.storage.directory.DataDirectory}, {@link
 * io.streamkeeper.storage.directory.Manifest}. All methods are for threads that may block.
 */
@NullMarked
package io.streamkeeper.storage.directory;

import org.jspecify.annotations.NullMarked;
