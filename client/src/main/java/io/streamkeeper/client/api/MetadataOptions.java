package io.streamkeeper.client.api;

import io.streamkeeper.protocol.Expiry;
import io.streamkeeper.protocol.Retention;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What changes of the metadata of a stream. Begin with {@link #none}; each further method returns options with one more
 * change. What they do not name stays as it is. Immutable.
 */
public final class MetadataOptions {
    private static final MetadataOptions NONE = new MetadataOptions(null, null, null, null, null, null);

    private final @Nullable String contentType;
    private final @Nullable Expiry expiry;
    private final @Nullable Long maxAgeSeconds;
    private final @Nullable Long maxBytes;
    private final @Nullable Long maxMessages;
    private final @Nullable String ifMatch;

    private MetadataOptions(
            @Nullable String contentType,
            @Nullable Expiry expiry,
            @Nullable Long maxAgeSeconds,
            @Nullable Long maxBytes,
            @Nullable Long maxMessages,
            @Nullable String ifMatch) {
        this.contentType = contentType;
        this.expiry = expiry;
        this.maxAgeSeconds = maxAgeSeconds;
        this.maxBytes = maxBytes;
        this.maxMessages = maxMessages;
        this.ifMatch = ifMatch;
    }

    /** {@return options that change nothing yet} */
    public static MetadataOptions none() {
        return NONE;
    }

    /**
     * {@return these options, and another content type}
     *
     * @param type of the same kind as the present one: JSON, text in UTF-8, or bytes; otherwise the change fails with
     *     {@link StreamException.ContentTypeMismatch}
     */
    public MetadataOptions contentType(String type) {
        return new MetadataOptions(type, expiry, maxAgeSeconds, maxBytes, maxMessages, ifMatch);
    }

    /**
     * {@return these options, and the expiry of a stream that has not been read or written for some time} Replaces
     * {@link #expiresAt} and {@link #neverExpires}. The time begins with the change.
     *
     * @param ttl the time without use, rounded down to seconds
     * @throws IllegalArgumentException if it is shorter than a second
     */
    public MetadataOptions ttl(Duration ttl) {
        atLeastOne("ttl in seconds", ttl.toSeconds());
        return expiry(new Expiry.Ttl(ttl.toSeconds()));
    }

    /**
     * {@return these options, and the expiry at a moment} Replaces {@link #ttl} and {@link #neverExpires}.
     *
     * @param moment when the stream expires, rounded down to milliseconds; a past one fails with {@link
     *     StreamException.Invalid}
     */
    public MetadataOptions expiresAt(Instant moment) {
        return expiry(new Expiry.At(moment.toEpochMilli()));
    }

    /** {@return these options, for a stream that does not expire any more} Replaces {@link #ttl} and {@link #expiresAt}. */
    public MetadataOptions neverExpires() {
        return expiry(Expiry.never());
    }

    private MetadataOptions expiry(Expiry newExpiry) {
        return new MetadataOptions(contentType, newExpiry, maxAgeSeconds, maxBytes, maxMessages, ifMatch);
    }

    /**
     * {@return these options, and another bound on the age of data}
     *
     * @param age the age up to which data is kept, rounded down to seconds
     * @throws IllegalArgumentException if it is shorter than a second
     */
    public MetadataOptions maxAge(Duration age) {
        atLeastOne("maxAge in seconds", age.toSeconds());
        return new MetadataOptions(contentType, expiry, age.toSeconds(), maxBytes, maxMessages, ifMatch);
    }

    /** {@return these options, for a stream that keeps data of any age} */
    public MetadataOptions anyAge() {
        return new MetadataOptions(contentType, expiry, Retention.UNBOUNDED, maxBytes, maxMessages, ifMatch);
    }

    /**
     * {@return these options, and another bound on the bytes}
     *
     * @param bytes the number that is kept at least, as stored
     * @throws IllegalArgumentException if it is less than one
     */
    public MetadataOptions maxBytes(long bytes) {
        atLeastOne("maxBytes", bytes);
        return new MetadataOptions(contentType, expiry, maxAgeSeconds, bytes, maxMessages, ifMatch);
    }

    /** {@return these options, for a stream that keeps any number of bytes} */
    public MetadataOptions anyBytes() {
        return new MetadataOptions(contentType, expiry, maxAgeSeconds, Retention.UNBOUNDED, maxMessages, ifMatch);
    }

    /**
     * {@return these options, and another bound on the messages}
     *
     * @param messages the number that is kept at least; in a stream that is not JSON, each append counts as one message
     * @throws IllegalArgumentException if it is less than one
     */
    public MetadataOptions maxMessages(long messages) {
        atLeastOne("maxMessages", messages);
        return new MetadataOptions(contentType, expiry, maxAgeSeconds, maxBytes, messages, ifMatch);
    }

    /** {@return these options, for a stream that keeps any number of messages} */
    public MetadataOptions anyMessages() {
        return new MetadataOptions(contentType, expiry, maxAgeSeconds, maxBytes, Retention.UNBOUNDED, ifMatch);
    }

    /**
     * {@return these options, for a change that is made only if the metadata has a tag} Otherwise it fails with {@link
     * StreamException.MetadataMismatch}, unless the stream has all the requested properties already.
     *
     * @param tag of the metadata that the change depends on: {@link StreamMetadata#tag}
     */
    public MetadataOptions ifMatch(String tag) {
        return new MetadataOptions(contentType, expiry, maxAgeSeconds, maxBytes, maxMessages, tag);
    }

    private static void atLeastOne(String name, long value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " is " + value + "; expected 1 or more");
        }
    }

    /** {@return the new content type, or null} */
    public @Nullable String contentType() {
        return contentType;
    }

    /** {@return the new expiry; {@code never} for none; null to leave it} */
    public @Nullable Expiry expiry() {
        return expiry;
    }

    /** {@return the new bound on the age of data in seconds; {@link Retention#UNBOUNDED} for none; null to leave it} */
    public @Nullable Long maxAgeSeconds() {
        return maxAgeSeconds;
    }

    /** {@return the new bound on the bytes; {@link Retention#UNBOUNDED} for none; null to leave it} */
    public @Nullable Long maxBytes() {
        return maxBytes;
    }

    /** {@return the new bound on the messages; {@link Retention#UNBOUNDED} for none; null to leave it} */
    public @Nullable Long maxMessages() {
        return maxMessages;
    }

    /** {@return the tag that the metadata must have, or null for any} */
    public @Nullable String ifMatch() {
        return ifMatch;
    }
}
