package io.streamkeeper.server.fuzz;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/** A response as it was received. */
final class Response {
    private final int status;
    private final Map<String, String> fields;
    private final byte[] body;

    /** {@code fields} are found by name, in any case; {@code body} is without transfer coding. */
    Response(int status, Map<String, String> fields, byte[] body) {
        this.status = status;
        this.fields = fields;
        this.body = body;
    }

    int status() {
        return status;
    }

    @Nullable
    String field(String name) {
        return fields.get(name);
    }

    boolean closes() {
        return "close".equalsIgnoreCase(fields.getOrDefault("Connection", ""));
    }

    int length() {
        return body.length;
    }

    boolean isGzip() {
        return "gzip".equals(field("Content-Encoding"));
    }

    /** The body without content coding. */
    byte[] content() {
        if (!isGzip()) {
            return body;
        }
        try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(body))) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new AssertionError("a body that is not gzip: " + this, e);
        }
    }

    String text() {
        return new String(body, StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
        String text = text();
        return status + " " + fields + ", " + body.length + " bytes: "
                + (text.length() > 200 ? text.substring(0, 200) + "…" : text);
    }
}
