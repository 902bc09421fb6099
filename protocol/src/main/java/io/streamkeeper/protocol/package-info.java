/**
 * The vocabulary of Durable Streams and every rule of the protocol that needs no I/O.
 *
 * <p>Reading order: {@link io.streamkeeper.protocol.Command}, a request, and {@link
 * io.streamkeeper.protocol.Outcome}, its result; {@link io.streamkeeper.protocol.Refusal} with {@link
 * io.streamkeeper.protocol.ErrorCode}, the reason of a refused one; {@link io.streamkeeper.protocol.StreamPath}, {@link
 * io.streamkeeper.protocol.Offset}, {@link io.streamkeeper.protocol.ContentType}, {@link
 * io.streamkeeper.protocol.Expiry} and {@link io.streamkeeper.protocol.Producer}, the values, each parsed from its
 * text; {@link io.streamkeeper.protocol.JsonSplitter}, the messages within a body; {@link
 * io.streamkeeper.protocol.SseEncoder}, {@link io.streamkeeper.protocol.EntityTag} and {@link
 * io.streamkeeper.protocol.Cursor}, the parts of responses.
 *
 * <p>The values are immutable and may be used by any thread, except for the buffers that a {@link
 * io.streamkeeper.protocol.Body} and an {@link io.streamkeeper.protocol.Outcome.Chunk} own: these have one owner, the
 * last one that received them. A splitter belongs to one thread. Static methods keep no state. Parameters and results
 * are not null except where {@code @Nullable} says so.
 *
 * <p>An error of a client is a {@link io.streamkeeper.protocol.Refusal}; a {@code parse} method throws it as {@link
 * io.streamkeeper.protocol.RefusedException}. An error of the calling code is an {@link IllegalArgumentException}.
 * Section numbers without a document are those of the <cite>Durable Streams Protocol</cite>.
 */
@NullMarked
package io.streamkeeper.protocol;

import org.jspecify.annotations.NullMarked;
