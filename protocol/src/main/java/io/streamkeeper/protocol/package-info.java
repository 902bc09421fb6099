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
 * io.streamkeeper.protocol.Cursor}, what readers are sent.
 *
 * <p>The values are immutable and may be used by any thread, except for the buffers that a {@link
 * io.streamkeeper.protocol.Body} and an {@link io.streamkeeper.protocol.Outcome.Chunk} own: these belong to whoever has
 * been handed them last. A splitter belongs to one thread. Static methods keep no state. Nothing here takes null, or
 * returns it, where {@code @Nullable} does not say so.
 *
 * <p>What a client got wrong is a {@link io.streamkeeper.protocol.Refusal}; a {@code parse} method throws it as {@link
 * io.streamkeeper.protocol.RefusedException}. What a caller got wrong is an {@link IllegalArgumentException}. Sections
 * that are named without more are those of the <cite>Durable Streams Protocol</cite>.
 */
@NullMarked
package io.streamkeeper.protocol;

import org.jspecify.annotations.NullMarked;
