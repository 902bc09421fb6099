package io.streamkeeper.server.http;

import static io.streamkeeper.server.http.ResponseHead.ascii;

/** The response fields that never change, and the names of those that do, as they go out. */
final class ResponseFields {
    static final byte[] NEXT_OFFSET = ascii("Stream-Next-Offset: ");
    static final byte[] CURSOR = ascii("Stream-Cursor: ");
    static final byte[] UP_TO_DATE = ascii("Stream-Up-To-Date: true\r\n");
    static final byte[] CLOSED = ascii("Stream-Closed: true\r\n");
    static final byte[] TTL = ascii("Stream-TTL: ");
    static final byte[] EXPIRES_AT = ascii("Stream-Expires-At: ");
    static final byte[] RETENTION_MAX_AGE = ascii("Stream-Retention-Max-Age: ");
    static final byte[] RETENTION_MAX_BYTES = ascii("Stream-Retention-Max-Bytes: ");
    static final byte[] RETENTION_MAX_MESSAGES = ascii("Stream-Retention-Max-Messages: ");
    static final byte[] EARLIEST_OFFSET = ascii("Stream-Earliest-Offset: ");
    static final byte[] BASE64 = ascii("Stream-SSE-Data-Encoding: base64\r\n");
    static final byte[] PRODUCER_EPOCH = ascii("Producer-Epoch: ");
    static final byte[] PRODUCER_SEQ = ascii("Producer-Seq: ");
    static final byte[] EXPECTED_SEQ = ascii("Producer-Expected-Seq: ");
    static final byte[] RECEIVED_SEQ = ascii("Producer-Received-Seq: ");

    static final byte[] ACCEPT_IDENTITY = ascii("Accept-Encoding: identity\r\n");
    static final byte[] ALLOW = ascii("Allow: ");
    static final byte[] ATTACHMENT = ascii("Content-Disposition: attachment\r\n");
    static final byte[] CACHE_CONTROL = ascii("Cache-Control: ");
    static final byte[] CHUNKED = ascii("Transfer-Encoding: chunked\r\n");
    static final byte[] CLOSE = ascii("Connection: close\r\n");
    static final byte[] CONTENT_LENGTH = ascii("Content-Length: ");
    static final byte[] CONTENT_TYPE = ascii("Content-Type: ");
    static final byte[] ETAG = ascii("ETag: ");
    static final byte[] EVENT_STREAM = ascii(
            "Content-Type: text/event-stream\r\nCache-Control: no-cache, no-transform\r\nX-Accel-Buffering: no\r\n");
    static final byte[] GZIP = ascii("Content-Encoding: gzip\r\n");
    static final byte[] JSON = ascii("Content-Type: application/json\r\n");
    static final byte[] SANDBOX = ascii("Content-Security-Policy: sandbox\r\n");
    static final byte[] KEEP_ALIVE = ascii("Connection: keep-alive\r\n");
    static final byte[] LOCATION = ascii("Location: ");
    static final byte[] NO_STORE = ascii("Cache-Control: no-store\r\n");
    static final byte[] RETRY_AFTER = ascii("Retry-After: 1\r\n");
    static final byte[] VARY_ENCODING = ascii("Vary: Accept-Encoding\r\n");

    /** On every response (section 12.7). */
    static final byte[] SAFETY =
            ascii("X-Content-Type-Options: nosniff\r\nCross-Origin-Resource-Policy: cross-origin\r\n");

    /** What a script of another origin may send; the answer to a preflight. */
    static final byte[] PREFLIGHT = ascii("Access-Control-Allow-Methods: GET, HEAD, PUT, POST, DELETE, OPTIONS\r\n"
            + "Access-Control-Allow-Headers: Authorization, Cache-Control, Content-Type, If-Match, If-None-Match,"
            + " Last-Event-ID, Producer-Epoch, Producer-Id, Producer-Seq, Stream-Closed, Stream-Expected-Offset,"
            + " Stream-Expires-At, Stream-Fork-Offset, Stream-Fork-Sub-Offset, Stream-Forked-From, Stream-Retention-Max-Age,"
            + " Stream-Retention-Max-Bytes, Stream-Retention-Max-Messages, Stream-Seq, Stream-TTL\r\n"
            + "Access-Control-Max-Age: 86400\r\n");

    /** What a script of another origin may read: every field that a client of the protocol needs. */
    private static final String EXPOSED = "Access-Control-Expose-Headers: Content-Encoding, Date, ETag, Location,"
            + " Producer-Epoch, Producer-Expected-Seq, Producer-Received-Seq, Producer-Seq, Retry-After, Stream-Closed,"
            + " Stream-Cursor, Stream-Earliest-Offset, Stream-Expires-At, Stream-Next-Offset, Stream-Retention-Max-Age,"
            + " Stream-Retention-Max-Bytes, Stream-Retention-Max-Messages, Stream-SSE-Data-Encoding, Stream-TTL,"
            + " Stream-Up-To-Date\r\n";

    private ResponseFields() {}

    /** The whole field {@code Cache-Control}. */
    static byte[] cacheControl(String value) {
        return ascii("Cache-Control: " + value + "\r\n");
    }

    /** The cross-origin fields for {@code origin}: {@code *}, one origin, or {@code none} for no fields. */
    static byte[] crossOrigin(String origin) {
        if (origin.equals("none")) {
            return new byte[0];
        }
        String vary = origin.equals("*") ? "" : "Vary: Origin\r\n";
        return ascii("Access-Control-Allow-Origin: " + origin + "\r\n" + vary + EXPOSED);
    }
}
