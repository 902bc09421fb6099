package io.streamkeeper.client.api;

import io.streamkeeper.protocol.Expiry;
import io.streamkeeper.protocol.Retention;

/**
 * The properties of a stream (section 5.5).
 *
 * @param contentType as it was given when the stream was created
 * @param nextOffset the tail: the offset after the last byte
 * @param earliestOffset the first offset that can be read
 * @param closed whether the stream is closed to appends
 * @param expiry when it expires
 * @param retention how much it keeps
 */
public record StreamMetadata(
        String contentType,
        String nextOffset,
        String earliestOffset,
        boolean closed,
        Expiry expiry,
        Retention retention) {}
