package io.streamkeeper.server.shard;

/**
 * How often a stream was used in a time.
 *
 * @param appends requests to append, whatever the answer
 * @param appendedBytes of the bodies of these requests
 * @param reads requests to read, live ones too
 */
public record StreamUse(long appends, long appendedBytes, long reads) {
    /** No use. */
    static final StreamUse NONE = new StreamUse(0, 0, 0);

    StreamUse plus(StreamUse other) {
        return new StreamUse(appends + other.appends, appendedBytes + other.appendedBytes, reads + other.reads);
    }
}
