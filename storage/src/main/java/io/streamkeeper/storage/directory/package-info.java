/**
 * The layout of the data directory: what is where, whose it is, and which files count.
 *
 * <pre>
 *   data/
 *     LOCK                            held by the process that uses the directory
 *     FORMAT                          version, identity, number of shards
 *     shard-000/
 *       MANIFEST                      the extents that count, and how far they go; replaced by rename
 *       journal/0000000000000001.wal
 *       extents/0000000000000007.ext
 * </pre>
 *
 * <p>To read in this order: {@link io.streamkeeper.storage.directory.DataDirectory},
 * {@link io.streamkeeper.storage.directory.Manifest}. All of it is for threads that may block.
 */
@NullMarked
package io.streamkeeper.storage.directory;

import org.jspecify.annotations.NullMarked;
