package io.streamkeeper.client.api;

import io.streamkeeper.protocol.Expiry;
import io.streamkeeper.protocol.Retention;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The properties of a stream (section 5.5).
 *
 * @param contentType as it was given when the stream was created, or changed
 * @param nextOffset the tail: the offset after the last byte
 * @param earliestOffset the first offset that can be read
 * @param closed whether the stream is closed to appends
 * @param expiry when it expires
 * @param retention how much it keeps
 * @param tag the entity tag of the properties that can be changed, see {@link MetadataOptions#ifMatch}; null if the server
 *     does not return one
 * @param lastAppendAt when the last append with content was accepted, or the creation if it had content, in whole
 *     seconds; null if there was none, or if the server does not know its time or does not return it
 */
public record StreamMetadata(
        String contentType,
        String nextOffset,
        String earliestOffset,
        boolean closed,
        Expiry expiry,
        Retention retention,
        @Nullable String tag,
        @Nullable Instant lastAppendAt) {}
