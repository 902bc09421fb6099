package io.streamkeeper.server.subscription;

import io.streamkeeper.protocol.Offset;

/**
 * A stream of a subscription, as clients see it (sections 6.1 and 7.1). Immutable.
 *
 * @param path the path of the stream
 * @param isExplicit whether it is linked by name; else the pattern matches it
 * @param acked everything before it is acknowledged, or not kept; the first offset of the stream if nothing is
 * @param tail the end of the stream; equal to {@code acked} if the stream does not exist
 */
public record StreamLink(String path, boolean isExplicit, Offset acked, Offset tail) {
    /** Whether there are bytes that are not acknowledged. */
    public boolean hasPending() {
        return tail.compareTo(acked) > 0;
    }

    /** How many bytes are not acknowledged. */
    public long pendingBytes() {
        return hasPending() ? tail.position() - acked.position() : 0;
    }
}
