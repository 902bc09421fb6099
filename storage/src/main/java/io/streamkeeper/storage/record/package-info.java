/**
 * The records of a shard: {@link io.streamkeeper.storage.record.LogRecord} defines all of them, {@link
 * io.streamkeeper.storage.record.RecordCodec} is their format, {@link io.streamkeeper.storage.record.StreamMeta} is the
 * description of a stream in an extent. {@link io.streamkeeper.storage.record.Payload} and {@link
 * io.streamkeeper.storage.record.Runs} are the body of an append, {@link io.streamkeeper.storage.record.Lineage}
 * describes the data that a fork inherits.
 *
 * <p>The types are values that any thread may use; a payload is owned by the loop that stages it.
 */
@NullMarked
package io.streamkeeper.storage.record;

import org.jspecify.annotations.NullMarked;
