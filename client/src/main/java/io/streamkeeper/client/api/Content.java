package io.streamkeeper.client.api;

import java.nio.charset.StandardCharsets;

/**
 * The bytes of a write and their content type, which must be that of the stream (section 12.4). The bytes are not
 * copied: the caller must not change them before the write has completed.
 */
public final class Content {
    private static final String JSON = "application/json";
    private static final String TEXT = "text/plain";
    private static final String BYTES = "application/octet-stream";

    private final String contentType;
    private final byte[] bytes;

    private Content(String contentType, byte[] bytes) {
        this.contentType = contentType;
        this.bytes = bytes;
    }

    /**
     * {@return content for a stream of {@code application/json} (section 9.1)}
     *
     * @param json one message, or an array of messages; the write checks that it is JSON
     */
    public static Content json(String json) {
        return of(JSON, json.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * {@return content for a stream of {@code text/plain}}
     *
     * @param text written as UTF-8
     */
    public static Content text(String text) {
        return of(TEXT, text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * {@return content for a stream of {@code application/octet-stream}}
     *
     * @param bytes not copied; not to be changed before the write has completed
     */
    public static Content bytes(byte[] bytes) {
        return of(BYTES, bytes);
    }

    /**
     * {@return content of any other type, such as {@code application/x-protobuf}}
     *
     * @param contentType type and subtype, optionally with parameters, at most 256 characters; the write checks that it
     *     is valid
     * @param bytes not copied; not to be changed before the write has completed
     */
    public static Content of(String contentType, byte[] bytes) {
        return new Content(contentType, bytes);
    }

    /** {@return the type, in the form of the header {@code Content-Type}} */
    public String contentType() {
        return contentType;
    }

    /** {@return the bytes themselves, not a copy} */
    public byte[] bytes() {
        return bytes;
    }

    @Override
    public String toString() {
        return bytes.length + " bytes of " + contentType;
    }
}
