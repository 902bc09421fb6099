package io.streamkeeper.server.api;

import io.streamkeeper.protocol.Expiry;
import io.streamkeeper.protocol.Retention;

/**
 * What is known of a stream without reading it (section 5.5).
 *
 * @param contentType as it was given when the stream was created
 * @param nextOffset the tail: the offset behind the last byte
 * @param earliestOffset the first offset that can be read
 * @param closed whether the stream takes no more
 * @param expiry when it goes by itself
 * @param retention how much it keeps
 */
public record StreamMetadata(
        String contentType,
        String nextOffset,
        String earliestOffset,
        boolean closed,
        Expiry expiry,
        Retention retention) {}
