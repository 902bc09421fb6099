/**
 * The records of a shard: {@link io.streamkeeper.storage.record.LogRecord} lists all of them, {@link
 * io.streamkeeper.storage.record.RecordCodec} their bytes, {@link io.streamkeeper.storage.record.StreamMeta} the
 * description of a stream in an extent. {@link io.streamkeeper.storage.record.Payload} and {@link
 * io.streamkeeper.storage.record.Runs} are the body of an append, {@link io.streamkeeper.storage.record.Lineage} is
 * what a fork inherits.
 *
 * <p>Values, used by any thread; a payload belongs to the loop that stages it.
 */
@NullMarked
package io.streamkeeper.storage.record;

import org.jspecify.annotations.NullMarked;
