package io.streamkeeper.server.http.respond;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * The fields of responses. This list determines which fields a script of another origin may read ({@code
 * Access-Control-Expose-Headers}): those that a client needs, except those that every script may read
 * (fetch standard, "CORS-safelisted response-header name").
 */
enum ResponseField {
    ACCEPT_ENCODING("Accept-Encoding"),
    ALLOW("Allow", Readers.SCRIPTS),
    CACHE_CONTROL("Cache-Control"),
    CONNECTION("Connection"),
    CONTENT_DISPOSITION("Content-Disposition"),
    CONTENT_ENCODING("Content-Encoding", Readers.SCRIPTS),
    CONTENT_LENGTH("Content-Length"),
    CONTENT_SECURITY_POLICY("Content-Security-Policy"),
    CONTENT_TYPE("Content-Type"),
    CROSS_ORIGIN_RESOURCE_POLICY("Cross-Origin-Resource-Policy"),
    DATE("Date", Readers.SCRIPTS),
    ETAG("ETag", Readers.SCRIPTS),
    LOCATION("Location", Readers.SCRIPTS),
    PRODUCER_EPOCH("Producer-Epoch", Readers.SCRIPTS),
    PRODUCER_EXPECTED_SEQ("Producer-Expected-Seq", Readers.SCRIPTS),
    PRODUCER_RECEIVED_SEQ("Producer-Received-Seq", Readers.SCRIPTS),
    PRODUCER_SEQ("Producer-Seq", Readers.SCRIPTS),
    RATELIMIT("RateLimit", Readers.SCRIPTS),
    RATELIMIT_POLICY("RateLimit-Policy", Readers.SCRIPTS),
    RETRY_AFTER("Retry-After", Readers.SCRIPTS),
    STREAM_BEGINNING("Stream-Beginning", Readers.SCRIPTS),
    STREAM_CLOSED("Stream-Closed", Readers.SCRIPTS),
    STREAM_CURSOR("Stream-Cursor", Readers.SCRIPTS),
    STREAM_EARLIEST_OFFSET("Stream-Earliest-Offset", Readers.SCRIPTS),
    STREAM_EXPIRES_AT("Stream-Expires-At", Readers.SCRIPTS),
    STREAM_LEADER("Stream-Leader", Readers.SCRIPTS),
    STREAM_LAST_APPEND_AT("Stream-Last-Append-At", Readers.SCRIPTS),
    STREAM_METADATA_TAG("Stream-Metadata-Tag", Readers.SCRIPTS),
    STREAM_NEXT_OFFSET("Stream-Next-Offset", Readers.SCRIPTS),
    STREAM_PREVIOUS_OFFSET("Stream-Previous-Offset", Readers.SCRIPTS),
    STREAM_RETENTION_MAX_AGE("Stream-Retention-Max-Age", Readers.SCRIPTS),
    STREAM_RETENTION_MAX_BYTES("Stream-Retention-Max-Bytes", Readers.SCRIPTS),
    STREAM_RETENTION_MAX_MESSAGES("Stream-Retention-Max-Messages", Readers.SCRIPTS),
    STREAM_SSE_DATA_ENCODING("Stream-SSE-Data-Encoding", Readers.SCRIPTS),
    STREAM_TTL("Stream-TTL", Readers.SCRIPTS),
    STREAM_UP_TO_DATE("Stream-Up-To-Date", Readers.SCRIPTS),
    TRANSFER_ENCODING("Transfer-Encoding"),
    VARY("Vary"),
    WWW_AUTHENTICATE("WWW-Authenticate", Readers.SCRIPTS),
    X_ACCEL_BUFFERING("X-Accel-Buffering"),
    X_CONTENT_TYPE_OPTIONS("X-Content-Type-Options"),
    X_REQUEST_ID("X-Request-Id", Readers.SCRIPTS);

    /** The readers of a field that not every script may read. */
    private enum Readers {
        /** Clients, scripts among them. */
        SCRIPTS,
        /** Caches, proxies, and the browser itself. */
        OTHERS
    }

    private final String text;
    private final Readers readers;

    /** Never changed. */
    @SuppressWarnings("ImmutableEnumChecker")
    private final byte[] prefix;

    ResponseField(String text) {
        this(text, Readers.OTHERS);
    }

    ResponseField(String text, Readers readers) {
        this.text = text;
        this.readers = readers;
        this.prefix = (text + ": ").getBytes(StandardCharsets.US_ASCII);
    }

    /** The names of the fields that scripts are allowed to read, as a list. */
    static String exposed() {
        return Arrays.stream(values())
                .filter(field -> field.readers == Readers.SCRIPTS)
                .map(field -> field.text)
                .collect(Collectors.joining(", "));
    }

    /** The whole line with a constant value. */
    byte[] is(String value) {
        return line(text, value);
    }

    static byte[] line(String name, String value) {
        return (name + ": " + value + "\r\n").getBytes(StandardCharsets.US_ASCII);
    }

    /** The name with colon and space; not to be changed. */
    byte[] prefix() {
        return prefix;
    }
}
