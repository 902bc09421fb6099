package io.streamkeeper.storage.record;

import io.streamkeeper.protocol.ContentType;
import io.streamkeeper.protocol.Expiry;
import io.streamkeeper.protocol.Retention;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The properties that a stream is created with and that never change, and what follows from them. Most streams share
 * this object with others, see {@link Interned}; if not, it counts as heap of its stream. Two are equal if they have the
 * same properties. Immutable.
 */
public final class StreamConfig {
    /** The heap of an object that is not shared, with its expiry, but without the following parts. */
    private static final int HEAP_BYTES = 32 + 24;

    /** The retention and the limits that follow from it. */
    private static final int RETENTION_HEAP_BYTES = 40 + 32;

    private final ContentType contentType;
    private final Expiry expiry;
    private final Retention retention;
    private final RunLimits runLimits;
    private final int heapBytes;

    /**
     * Properties that streams share.
     *
     * @param contentType as requested, or inherited
     * @param expiry as requested, or inherited
     * @param retention the limits on the data that it keeps
     */
    public StreamConfig(ContentType contentType, Expiry expiry, Retention retention) {
        this(contentType, expiry, retention, RunLimits.of(retention), 0);
    }

    private StreamConfig(
            ContentType contentType, Expiry expiry, Retention retention, RunLimits runLimits, int heapBytes) {
        this.contentType = contentType;
        this.expiry = expiry;
        this.retention = retention;
        this.runLimits = runLimits;
        this.heapBytes = heapBytes;
    }

    /** The same properties for a single stream; {@code ownsType} if no other stream has the content type object. */
    StreamConfig unshared(boolean ownsType) {
        int bytes = HEAP_BYTES
                + (retention.isNone() ? 0 : RETENTION_HEAP_BYTES)
                + (ownsType ? typeHeapBytes(contentType) : 0);
        return new StreamConfig(contentType, expiry, retention, runLimits, bytes);
    }

    /** The object and its two texts. */
    private static int typeHeapBytes(ContentType type) {
        return 24 + HeapSize.of(type.value()) + HeapSize.of(type.essence());
    }

    public ContentType contentType() {
        return contentType;
    }

    public Expiry expiry() {
        return expiry;
    }

    public Retention retention() {
        return retention;
    }

    /** The limits on the runs of the stream, which follow from its retention. */
    public RunLimits runLimits() {
        return runLimits;
    }

    /** The heap that this takes, or 0 if streams share it. */
    public int heapBytes() {
        return heapBytes;
    }

    /** Whether streams may share this. */
    boolean isShared() {
        return heapBytes == 0;
    }

    /** Whether many streams are likely to have these properties; a point in time is rarely that of another stream. */
    boolean isCommon() {
        return !(expiry instanceof Expiry.At);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof StreamConfig config
                && contentType.equals(config.contentType)
                && expiry.equals(config.expiry)
                && retention.equals(config.retention);
    }

    @Override
    public int hashCode() {
        return Objects.hash(contentType, expiry, retention);
    }

    @Override
    public String toString() {
        return "StreamConfig[contentType=" + contentType + ", expiry=" + expiry + ", retention=" + retention + "]";
    }
}
