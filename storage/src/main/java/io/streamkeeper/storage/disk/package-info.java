/**
 * The file operations that the storage uses, as a seam: {@link io.streamkeeper.storage.disk.Disk} and
 * {@link io.streamkeeper.storage.disk.DiskFile}, with {@link io.streamkeeper.storage.disk.LocalDisk} for real files.
 * Nothing in here knows what the bytes mean. Every call may block; none is made on an event loop.
 */
@NullMarked
package io.streamkeeper.storage.disk;

import org.jspecify.annotations.NullMarked;
