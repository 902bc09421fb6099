package io.streamkeeper.client.api;

import io.streamkeeper.protocol.Producer;
import org.jspecify.annotations.Nullable;

/**
 * The result of an append or a close, which is durable.
 *
 * @param nextOffset the stream's tail: the offset after what was written; for a repetition, the tail as it is now
 * @param wrote whether this append wrote data; false for a close alone and for a repetition
 * @param closed whether the stream is closed now
 * @param producer for a producer's append: its epoch, and the highest sequence number that the stream has of it
 */
public record AppendResult(
        String nextOffset,
        boolean wrote,
        boolean closed,
        @Nullable Producer producer) {}
