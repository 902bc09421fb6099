package io.streamkeeper.server.shard;

import io.streamkeeper.protocol.Outcome;
import io.streamkeeper.protocol.SseEncoder;
import io.streamkeeper.storage.stream.StreamState;

/**
 * Ends a run of text that ends before the tail after a whole character, because clients decode each answer by itself.
 */
public final class WholeText {
    /** Bytes of the longest character: a run of text that is shorter may have none. */
    public static final int BYTES_MIN = 4;

    private WholeText() {}

    /** The same run, or the longest part of it that is whole characters; never empty where the run is not. */
    public static Outcome.Chunk of(Outcome.Chunk chunk, StreamState stream) {
        if (chunk.upToDate()
                || chunk.contentType().isJson()
                || !chunk.contentType().isText()) {
            return chunk;
        }
        int length = SseEncoder.wholeTextLength(chunk.bytes());
        return length == 0
                ? chunk
                : chunk.upTo(length, stream.offsetAt(chunk.start().position() + length));
    }
}
