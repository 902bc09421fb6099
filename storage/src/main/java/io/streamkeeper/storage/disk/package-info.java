/**
 * Files as the storage uses them, and its other dependencies on the machine: {@link io.streamkeeper.storage.disk.Disk}
 * and {@link io.streamkeeper.storage.disk.DiskFile} are the interfaces, with {@link
 * io.streamkeeper.storage.disk.LocalDisk} for real files; {@link io.streamkeeper.storage.disk.Clock} is the time; the
 * exceptions say what the disk refused, see {@link io.streamkeeper.storage.disk.DiskException} and {@link
 * io.streamkeeper.storage.disk.Obstacle}. No class here knows the meaning of the bytes.
 *
 * <p>Calls to the disk may block; no event loop calls it.
 */
@NullMarked
package io.streamkeeper.storage.disk;

import org.jspecify.annotations.NullMarked;
