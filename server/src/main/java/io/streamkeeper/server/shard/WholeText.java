package io.streamkeeper.server.shard;

import io.streamkeeper.protocol.Outcome;
import io.streamkeeper.protocol.SseEncoder;
import io.streamkeeper.storage.stream.StreamState;

/**
 * Shortens a run of text that ends before the tail so that it ends after a whole character, because clients decode each
 * answer separately.
 */
public final class WholeText {
    /** Bytes of the longest character: a shorter run of text may contain no whole one. */
    public static final int BYTES_MIN = 4;

    private WholeText() {}

    /** The same run, or its longest part that consists of whole characters; never empty unless the run is. */
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
