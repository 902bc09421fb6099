package io.streamkeeper.protocol;

import org.jspecify.annotations.Nullable;

/**
 * What a PATCH changes of a stream's metadata. A component that is null leaves what the stream has.
 *
 * @param contentType the new content type
 * @param expiry the new expiry; {@link Expiry#never()} for none
 * @param maxAgeSeconds the new bound on the age of data; {@link Retention#UNBOUNDED} for none
 * @param maxBytes the new bound on the bytes; {@link Retention#UNBOUNDED} for none
 * @param maxMessages the new bound on the messages; {@link Retention#UNBOUNDED} for none
 */
public record MetadataChange(
        @Nullable ContentType contentType,
        @Nullable Expiry expiry,
        @Nullable Long maxAgeSeconds,
        @Nullable Long maxBytes,
        @Nullable Long maxMessages) {
    /** The value of a field that removes a limit. */
    public static final String NONE = "none";

    /**
     * Checks the values.
     *
     * @param contentType the new content type
     * @param expiry the new expiry
     * @param maxAgeSeconds the new bound on the age of data
     * @param maxBytes the new bound on the bytes
     * @param maxMessages the new bound on the messages
     * @throws RefusedException with {@link ErrorCode#INVALID_HEADER} if nothing changes, or the stream would expire at
     *     once
     * @throws IllegalArgumentException if a bound is out of range
     */
    public MetadataChange {
        if (contentType == null && expiry == null && maxAgeSeconds == null && maxBytes == null && maxMessages == null) {
            throw invalid("the request changes nothing; expected Content-Type, Stream-TTL, Stream-Expires-At or a"
                    + " Stream-Retention- field");
        }
        if (expiry instanceof Expiry.Ttl ttl && ttl.seconds() < 1) {
            throw invalid("Stream-TTL is \"" + ttl.seconds() + "\", expected 1 or more seconds; DELETE ends a stream");
        }
        new Retention(bound(maxAgeSeconds), bound(maxBytes), bound(maxMessages));
    }

    private static long bound(@Nullable Long value) {
        return value == null ? Retention.UNBOUNDED : value;
    }

    /**
     * Reads the fields of a PATCH, which have the form of those of a PUT, or are {@value #NONE}. Each is null where it
     * was not sent.
     *
     * @param contentType {@code Content-Type}
     * @param ttl {@code Stream-TTL}
     * @param expiresAt {@code Stream-Expires-At}
     * @param age {@code Stream-Retention-Max-Age}
     * @param bytes {@code Stream-Retention-Max-Bytes}
     * @param messages {@code Stream-Retention-Max-Messages}
     * @return the requested change
     * @throws RefusedException with {@link ErrorCode#INVALID_HEADER} if one is not valid, or nothing changes
     */
    public static MetadataChange parse(
            @Nullable String contentType,
            @Nullable String ttl,
            @Nullable String expiresAt,
            @Nullable String age,
            @Nullable String bytes,
            @Nullable String messages) {
        Retention bounds = Retention.parse(value(age), value(bytes), value(messages));
        return new MetadataChange(
                contentType == null ? null : ContentType.parse(contentType),
                expiry(ttl, expiresAt),
                age == null ? null : Long.valueOf(bounds.maxAgeSeconds()),
                bytes == null ? null : Long.valueOf(bounds.maxBytes()),
                messages == null ? null : Long.valueOf(bounds.maxMessages()));
    }

    private static @Nullable Expiry expiry(@Nullable String ttl, @Nullable String expiresAt) {
        if (ttl == null && expiresAt == null) {
            return null;
        }
        if (ttl != null && expiresAt != null) {
            throw invalid("Stream-TTL and Stream-Expires-At were both sent, expected one of them");
        }
        return Expiry.parse(value(ttl), value(expiresAt));
    }

    private static @Nullable String value(@Nullable String text) {
        return NONE.equals(text) ? null : text;
    }

    private static RefusedException invalid(String message) {
        return new RefusedException(ErrorCode.INVALID_HEADER, message);
    }

    /**
     * {@return the content type after the change}
     *
     * @param before the present one
     */
    public ContentType contentType(ContentType before) {
        return contentType == null ? before : contentType;
    }

    /**
     * {@return the expiry after the change}
     *
     * @param before the present one
     */
    public Expiry expiry(Expiry before) {
        return expiry == null ? before : expiry;
    }

    /**
     * {@return the retention after the change}
     *
     * @param before the present one
     */
    public Retention retention(Retention before) {
        return new Retention(
                maxAgeSeconds == null ? before.maxAgeSeconds() : maxAgeSeconds,
                maxBytes == null ? before.maxBytes() : maxBytes,
                maxMessages == null ? before.maxMessages() : maxMessages);
    }
}
