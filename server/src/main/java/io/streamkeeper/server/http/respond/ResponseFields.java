package io.streamkeeper.server.http.respond;

import io.streamkeeper.server.http.request.HeaderName;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Response fields with constant values, as whole lines. */
final class ResponseFields {
    static final byte[] BEGINNING = ResponseField.STREAM_BEGINNING.is("true");
    static final byte[] UP_TO_DATE = ResponseField.STREAM_UP_TO_DATE.is("true");
    static final byte[] CLOSED = ResponseField.STREAM_CLOSED.is("true");
    static final byte[] BASE64 = ResponseField.STREAM_SSE_DATA_ENCODING.is("base64");

    static final byte[] ACCEPT_IDENTITY = ResponseField.ACCEPT_ENCODING.is("identity");
    static final byte[] ATTACHMENT = ResponseField.CONTENT_DISPOSITION.is("attachment");
    static final byte[] CHUNKED = ResponseField.TRANSFER_ENCODING.is("chunked");
    static final byte[] CLOSE = ResponseField.CONNECTION.is("close");
    static final byte[] EVENT_STREAM = joined(
            ResponseField.CONTENT_TYPE.is("text/event-stream"),
            ResponseField.CACHE_CONTROL.is("no-cache, no-transform"),
            ResponseField.X_ACCEL_BUFFERING.is("no"));
    static final byte[] GZIP = ResponseField.CONTENT_ENCODING.is("gzip");
    static final byte[] JSON = ResponseField.CONTENT_TYPE.is("application/json");
    static final byte[] SANDBOX = ResponseField.CONTENT_SECURITY_POLICY.is("sandbox");
    static final byte[] KEEP_ALIVE = ResponseField.CONNECTION.is("keep-alive");
    static final byte[] NO_STORE = ResponseField.CACHE_CONTROL.is("no-store");
    static final byte[] RETRY_AFTER = ResponseField.RETRY_AFTER.is("1");
    static final byte[] NO_LEADER = ResponseField.STREAM_LEADER.is("none");
    static final byte[] BEARER = ResponseField.WWW_AUTHENTICATE.is("Bearer realm=\"streamkeeper\"");

    /** On every response (section 12.7). */
    static final byte[] SAFETY = joined(
            ResponseField.X_CONTENT_TYPE_OPTIONS.is("nosniff"),
            ResponseField.CROSS_ORIGIN_RESOURCE_POLICY.is("cross-origin"));

    /** The fields that a script of another origin may read. */
    static final byte[] EXPOSED = ResponseField.line("Access-Control-Expose-Headers", ResponseField.exposed());

    /** A field that the server does not read, but that proxies and caches between it and a browser do. */
    private static final List<String> READ_BY_OTHERS = List.of("cache-control");

    private static final String SENT_BY_SCRIPTS = Stream.concat(
                    READ_BY_OTHERS.stream(), HeaderName.setByScripts().map(HeaderName::text))
            .sorted()
            .collect(Collectors.joining(", "));

    /** The methods of a preflight of an origin whose scripts may not write. */
    static final String READING_METHODS = "GET, HEAD, OPTIONS";

    private ResponseFields() {}

    /** The whole field {@code Cache-Control}. */
    static byte[] cacheControl(String value) {
        return ResponseField.CACHE_CONTROL.is(value);
    }

    /** The fields that answer a preflight: the methods and fields that a script of another origin may send. */
    static byte[] preflight(String methods) {
        return joined(
                ResponseField.line("Access-Control-Allow-Methods", methods),
                ResponseField.line("Access-Control-Allow-Headers", SENT_BY_SCRIPTS),
                ResponseField.line("Access-Control-Max-Age", "86400"));
    }

    static byte[] joined(byte[]... lines) {
        StringBuilder all = new StringBuilder();
        for (byte[] line : lines) {
            all.append(new String(line, StandardCharsets.US_ASCII));
        }
        return all.toString().getBytes(StandardCharsets.US_ASCII);
    }
}
