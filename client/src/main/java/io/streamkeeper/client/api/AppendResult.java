package io.streamkeeper.client.api;

import io.streamkeeper.protocol.Producer;
import org.jspecify.annotations.Nullable;

/**
 * The result of an append or a close, which is durable.
 *
 * @param nextOffset the stream's tail: the offset after the written data; for a duplicate, the current tail
 * @param wrote whether this append wrote data; false for a close without data and for a duplicate
 * @param closed whether the stream is closed now
 * @param producer for a producer's append: its epoch, and its highest sequence number in the stream; else null
 */
public record AppendResult(
        String nextOffset,
        boolean wrote,
        boolean closed,
        @Nullable Producer producer) {}
