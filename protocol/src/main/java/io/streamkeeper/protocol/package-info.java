/**
 * The vocabulary of Durable Streams and every rule of the protocol that needs no I/O.
 *
 * <p>To read in this order: {@link io.streamkeeper.protocol.Command}, what is asked of a stream, and {@link
 * io.streamkeeper.protocol.Outcome}, what comes of it; {@link io.streamkeeper.protocol.Refusal} with {@link
 * io.streamkeeper.protocol.ErrorCode}, what is not done and why; {@link io.streamkeeper.protocol.StreamPath}, {@link
 * io.streamkeeper.protocol.Offset}, {@link io.streamkeeper.protocol.ContentType}, {@link
 * io.streamkeeper.protocol.Expiry} and {@link io.streamkeeper.protocol.Producer}, the values, each read from its text
 * here; {@link io.streamkeeper.protocol.JsonSplitter}, the messages within a body; {@link
 * io.streamkeeper.protocol.SseEncoder}, {@link io.streamkeeper.protocol.EntityTag} and {@link
 * io.streamkeeper.protocol.Cursor}, what readers are sent. The values are immutable and belong to no thread; a splitter
 * belongs to one loop.
 */
@NullMarked
package io.streamkeeper.protocol;

import org.jspecify.annotations.NullMarked;
