/**
 * The state of one stream: {@link io.streamkeeper.storage.stream.StreamState}, with {@link
 * io.streamkeeper.storage.stream.LoggedState}, the state that its records determine; {@link
 * io.streamkeeper.storage.stream.StreamContent}, its bytes, with {@link io.streamkeeper.storage.stream.RunTable}, their
 * locations; {@link io.streamkeeper.storage.stream.Lifetime}; and what few streams have: {@link
 * io.streamkeeper.storage.stream.WriterState} with {@link io.streamkeeper.storage.stream.ProducerTable}, {@link
 * io.streamkeeper.storage.stream.ForkTies}, {@link io.streamkeeper.storage.stream.RunArrays}, {@link
 * io.streamkeeper.storage.stream.AppendLengths}. The package also contains the collections that a shard keeps of all its
 * streams: {@link io.streamkeeper.storage.stream.StreamTable}, {@link io.streamkeeper.storage.stream.ExpiryQueue},
 * {@link io.streamkeeper.storage.stream.Generations}.
 *
 * <p>Owned by the loop of the shard.
 */
@NullMarked
package io.streamkeeper.storage.stream;

import org.jspecify.annotations.NullMarked;
