package io.streamkeeper.protocol;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The description of a stream (section 5.5).
 *
 * @param incarnation the generation of the stream, for the entity tag
 * @param contentType the content type
 * @param tail the offset after the last byte
 * @param closed whether the stream is closed
 * @param expiry when the stream expires
 * @param retention how much it keeps
 * @param earliest the first offset that can be read
 * @param appendedSeconds when the last append with content was accepted, or the creation if it had content: seconds since
 *     1970 UTC; 0 if there was none, or if its time is not known
 */
public record StreamInfo(
        long incarnation,
        ContentType contentType,
        Offset tail,
        boolean closed,
        Expiry expiry,
        Retention retention,
        Offset earliest,
        long appendedSeconds) {
    /** {@return when the last append with content was accepted, in whole seconds; null if there was none, or if its time is
     * not known} */
    public @Nullable Instant lastAppendAt() {
        return appendedSeconds == 0 ? null : Instant.ofEpochSecond(appendedSeconds);
    }

    /**
     * {@return the entity tag of the metadata that can be changed, without its quotes} It is the same whenever the
     * content type, the expiry and the retention of this stream are the same.
     */
    public String metadataTag() {
        return MetadataTag.of(this);
    }
}
