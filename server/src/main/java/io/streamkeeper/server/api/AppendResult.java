package io.streamkeeper.server.api;

import io.streamkeeper.protocol.Producer;
import org.jspecify.annotations.Nullable;

/**
 * What came of an append or a close: what it wrote is durable.
 *
 * @param nextOffset the stream's tail as it is now: the offset behind what was written, but for a repetition, behind which
 *     more may have been written
 * @param wrote whether this append put something there; false for a close alone and for a repetition
 * @param closed whether the stream is closed now
 * @param producer for a producer's append: its epoch, and the highest sequence number that the stream has of it
 */
public record AppendResult(
        String nextOffset,
        boolean wrote,
        boolean closed,
        @Nullable Producer producer) {}
