package io.streamkeeper.storage.record;

import io.streamkeeper.protocol.ContentType;
import io.streamkeeper.protocol.Expiry;
import io.streamkeeper.protocol.Retention;

/**
 * The properties that a stream is created with and that never change. Streams with the same properties share one
 * object, see {@link Interned}.
 *
 * @param contentType as requested, or inherited
 * @param expiry as requested, or inherited
 * @param retention the limits on the data that it keeps
 */
public record StreamConfig(ContentType contentType, Expiry expiry, Retention retention) {
    /** Whether many streams are likely to have these properties; a point in time is rarely that of another stream. */
    boolean isCommon() {
        return !(expiry instanceof Expiry.At);
    }
}
