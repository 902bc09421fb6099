/**
 * Files as the storage uses them, and what else comes from outside: {@link io.streamkeeper.storage.disk.Disk} and
 * {@link io.streamkeeper.storage.disk.DiskFile} are the seam, with {@link io.streamkeeper.storage.disk.LocalDisk} for
 * real files; {@link io.streamkeeper.storage.disk.Clock} is the time; the exceptions say what the disk refused, see
 * {@link io.streamkeeper.storage.disk.DiskException} and {@link io.streamkeeper.storage.disk.Obstacle}. Nothing here
 * knows what the bytes mean.
 *
 * <p>Calls to the disk may block; none is made on an event loop.
 */
@NullMarked
package io.streamkeeper.storage.disk;

import org.jspecify.annotations.NullMarked;
