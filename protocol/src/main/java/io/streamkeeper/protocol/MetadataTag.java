package io.streamkeeper.protocol;

import java.util.HexFormat;

/**
 * The entity tag of the metadata that a PATCH changes: of the stream's incarnation, its content type, its expiry and its
 * retention. It is the same whenever these are the same, and does not change with appends or the closure.
 *
 * <pre>
 *   1764099000000001:8f14e45fceea167a      the incarnation, and 64 bits of FNV-1a of the rest
 * </pre>
 */
final class MetadataTag {
    private static final long BASIS = 0xcbf29ce484222325L;
    private static final long PRIME = 0x100000001b3L;

    private static final int TTL = 1;
    private static final int AT = 2;

    private MetadataTag() {}

    /** The tag without its quotes. */
    static String of(StreamInfo stream) {
        Retention retention = stream.retention();
        long hash = text(BASIS, stream.contentType().value());
        hash = expiry(hash, stream.expiry());
        hash = number(hash, retention.maxAgeSeconds());
        hash = number(hash, retention.maxBytes());
        hash = number(hash, retention.maxMessages());
        return stream.incarnation() + ":" + HexFormat.of().toHexDigits(hash);
    }

    private static long expiry(long hash, Expiry expiry) {
        if (expiry instanceof Expiry.Ttl ttl) {
            return number(number(hash, TTL), ttl.seconds());
        }
        if (expiry instanceof Expiry.At at) {
            return number(number(hash, AT), at.epochMillis());
        }
        return number(hash, 0);
    }

    private static long text(long hash, String text) {
        long mixed = hash;
        for (int i = 0; i < text.length(); i++) {
            mixed = octet(mixed, text.charAt(i));
        }
        return number(mixed, text.length());
    }

    private static long number(long hash, long number) {
        long mixed = hash;
        for (int shift = 0; shift < Long.SIZE; shift += Byte.SIZE) {
            mixed = octet(mixed, (int) (number >>> shift) & 0xff);
        }
        return mixed;
    }

    private static long octet(long hash, int value) {
        return (hash ^ value) * PRIME;
    }
}
