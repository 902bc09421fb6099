package io.streamkeeper.server.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * Creates requests that are valid HTTP, with any method, path, parameter, field and body. They concern the
 * paths below {@code fuzz/} only. Used by one thread.
 */
final class Requests {
    private static final List<String> METHODS = List.of(
            "GET", "GET", "GET", "HEAD", "POST", "POST", "POST", "PUT", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE",
            "QUERY");
    private static final List<String> TYPES = List.of(
            "text/plain",
            "text/plain; charset=utf-8",
            "application/json",
            "application/octet-stream",
            "text/html",
            "TEXT/PLAIN;charset=\"iso-8859-1\"",
            "image/svg+xml",
            "nonsense",
            "a/b; c");
    private static final List<String> FIELDS = List.of(
            "Content-Type",
            "Stream-Seq",
            "X-Request-Id",
            "Traceparent",
            "Stream-TTL",
            "Stream-Expires-At",
            "Stream-Closed",
            "Stream-Forked-From",
            "Stream-Fork-Offset",
            "Stream-Fork-Sub-Offset",
            "Stream-Retention-Max-Age",
            "Stream-Retention-Max-Bytes",
            "Stream-Retention-Max-Messages",
            "Stream-Expected-Offset",
            "Producer-Id",
            "Producer-Epoch",
            "Producer-Seq",
            "If-Match",
            "If-None-Match",
            "If-Modified-Since",
            "If-Range",
            "Range",
            "Accept",
            "Accept-Encoding",
            "Content-Encoding",
            "Content-Range",
            "Last-Event-ID",
            "Origin",
            "Access-Control-Request-Method",
            "Cookie",
            "X-Any",
            "Connection",
            "Upgrade",
            "Forwarded");
    private static final List<String> VALUES = List.of(
            "0",
            "1",
            "-1",
            "now",
            "true",
            "false",
            "999999999999999999999999",
            "01",
            "1.5",
            "*",
            "\"a\"",
            "W/\"a\", \"b\"",
            "\"0000000000000000_0000000000000000\"",
            "0000000000000000_0000000000000000",
            "0000000000000000_0000000000000001",
            "9999999999999999_9999999999999999",
            "1a20838b16900000_0000000000000005",
            "2030-01-01T00:00:00Z",
            "2016-12-31T23:59:60Z",
            "0000-00-00T99:99:99Z",
            "gzip",
            "gzip;q=0, identity",
            "identity",
            "br;q=1.0000",
            "bytes=0-10",
            "keep-alive",
            "h2c",
            "p",
            "text/plain",
            "application/json",
            "{",
            "\u00e9\u00ff",
            "null",
            "http://other.example",
            "/v1/stream/fuzz/1",
            "/v1/stream/fuzz/2");
    private static final List<String> PARAMETERS =
            List.of("offset", "live", "cursor", "timeout", "lastEventId", "any", "", "offset%00", "OFFSET");
    private static final List<String> PARAMETER_VALUES = List.of(
            "-1",
            "now",
            "long-poll",
            "true",
            "1",
            "0.01",
            "0",
            "",
            "%",
            "%zz",
            "%00",
            "%F0%9F%98%80",
            "a+b",
            "99999999999999999999999999999999999999999",
            "0000000000000000_0000000000000000",
            "0000000000000000_0000000000000003",
            "1795000000000000_0000000000000008",
            "1a20838b16900000_0000000000000005");
    private static final List<String> BODIES = List.of(
            "",
            "x",
            "[]",
            "[1,2,3]",
            "{\"a\":[true,null,1e9]}",
            "[[[[[[[[[[]]]]]]]]]]",
            "[1,",
            "\"\\ud800\"",
            "nul",
            "\r\n\r\nGET / HTTP/1.1\r\n\r\n",
            "text with \u00fcmlauts and \ud83d\ude00");

    /** More than a connection buffers, less than the server refuses. */
    private static final int LARGE_BODY_BYTES_MAX = 1_000_000;

    private final Random random;
    private final String root;

    Requests(Random random, String root) {
        this.random = random;
        this.root = root;
    }

    /** The method of a request that was made here. */
    static String methodOf(byte[] request) {
        String text = new String(request, ISO_8859_1);
        return text.substring(0, text.indexOf(' '));
    }

    byte[] any() {
        String method = pick(METHODS);
        StringBuilder head =
                new StringBuilder(method).append(' ').append(target()).append(version());
        head.append(random.nextInt(40) == 0 ? "host: [::1]:80" : "Host: localhost")
                .append("\r\n");
        for (int count = random.nextInt(random.nextInt(8) + 1); count > 0; count--) {
            String name = pick(FIELDS);
            head.append(random.nextBoolean() ? name : name.toLowerCase(Locale.ROOT))
                    .append(random.nextInt(4) == 0 ? ":" : ": ")
                    .append(name.equals("Content-Type") && random.nextInt(8) > 0 ? pick(TYPES) : pick(VALUES))
                    .append(random.nextInt(9) == 0 ? " \t" : "")
                    .append("\r\n");
        }
        return withBody(head, body());
    }

    /** HTTP/1.0 closes the connection, so most requests have the version that does not. */
    private String version() {
        return switch (random.nextInt(60)) {
            case 0 -> " HTTP/1.0\r\n";
            case 1 -> " HTTP/1.7\r\n";
            default -> " HTTP/1.1\r\n";
        };
    }

    private String target() {
        if (random.nextInt(25) == 0) {
            return pick(
                    List.of("/", "/health", "/v1", root, root + "fuzz/%2e%2e/x", root + "__ds/jwks.json", "/%", "//x"));
        }
        StringBuilder target = new StringBuilder(random.nextInt(20) == 0 ? "http://localhost" : "")
                .append(root)
                .append("fuzz/")
                .append(random.nextInt(12));
        char separator = '?';
        for (int count = random.nextInt(4); count > 0; count--) {
            String name = random.nextInt(3) > 0 ? PARAMETERS.get(random.nextInt(4)) : pick(PARAMETERS);
            target.append(separator).append(name).append('=').append(pick(PARAMETER_VALUES));
            separator = '&';
        }
        return target.toString();
    }

    private byte[] body() {
        if (random.nextInt(400) == 0) {
            return bytes(LARGE_BODY_BYTES_MAX);
        }
        return switch (random.nextInt(12)) {
            case 0 -> pick(BODIES).repeat(1 + random.nextInt(2_000)).getBytes(UTF_8);
            case 1 -> bytes(3_000);
            case 2, 3, 4, 5 -> pick(BODIES).getBytes(UTF_8);
            default -> new byte[0];
        };
    }

    private byte[] bytes(int lengthMax) {
        byte[] bytes = new byte[random.nextInt(lengthMax)];
        random.nextBytes(bytes);
        return bytes;
    }

    /** Completes a head with a body, by length or chunked. */
    private byte[] withBody(StringBuilder head, byte[] body) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        if (body.length > 0 && random.nextInt(3) == 0) {
            head.append("Transfer-Encoding: chunked\r\n\r\n");
            all.writeBytes(head.toString().getBytes(ISO_8859_1));
            chunked(body, all);
        } else {
            if (body.length > 0 || random.nextInt(3) == 0) {
                head.append("Content-Length: ").append(body.length).append("\r\n");
            }
            head.append(random.nextInt(10) == 0 ? "Expect: 100-continue\r\n" : "")
                    .append("\r\n");
            all.writeBytes(head.toString().getBytes(ISO_8859_1));
            all.writeBytes(body);
        }
        return all.toByteArray();
    }

    private void chunked(byte[] body, ByteArrayOutputStream all) {
        int from = 0;
        while (from < body.length) {
            int length = Math.min(body.length - from, 1 + random.nextInt(700));
            String extension = random.nextInt(5) == 0 ? ";a=\"b\"" : "";
            all.writeBytes((Integer.toHexString(length) + extension + "\r\n").getBytes(ISO_8859_1));
            all.write(body, from, length);
            all.writeBytes("\r\n".getBytes(ISO_8859_1));
            from += length;
        }
        String trailer = random.nextInt(5) == 0 ? "X-Trailer: 1\r\n" : "";
        all.writeBytes(("0\r\n" + trailer + "\r\n").getBytes(ISO_8859_1));
    }

    private <T> T pick(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }
}
