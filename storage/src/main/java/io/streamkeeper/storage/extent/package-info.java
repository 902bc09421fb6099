/**
 * Extent files: runs of many streams in one file, with an index. Knows generations, positions and bytes; what a stream's
 * description says is not its business.
 *
 * <p>To read in this order: {@link io.streamkeeper.storage.extent.ExtentLayout}, the format;
 * {@link io.streamkeeper.storage.extent.ExtentWriter}; {@link io.streamkeeper.storage.extent.ExtentFile}, which reads. All
 * of it is for threads that may block.
 */
@NullMarked
package io.streamkeeper.storage.extent;

import org.jspecify.annotations.NullMarked;
