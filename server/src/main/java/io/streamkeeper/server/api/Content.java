package io.streamkeeper.server.api;

import java.nio.charset.StandardCharsets;

/**
 * What is written to a stream: bytes, and the type that they are said to have, which must be the stream's own (section
 * 12.4). The bytes are not copied: whoever hands them over does not change them until the write is answered.
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

    /** A JSON text for a stream of {@code application/json}: one message, or an array of messages (section 9.1). */
    public static Content json(String json) {
        return of(JSON, json.getBytes(StandardCharsets.UTF_8));
    }

    /** Text for a stream of {@code text/plain}; it is written as UTF-8. */
    public static Content text(String text) {
        return of(TEXT, text.getBytes(StandardCharsets.UTF_8));
    }

    /** Bytes for a stream of {@code application/octet-stream}. */
    public static Content bytes(byte[] bytes) {
        return of(BYTES, bytes);
    }

    /** Bytes of any other content type, such as {@code application/x-protobuf}. */
    public static Content of(String contentType, byte[] bytes) {
        return new Content(contentType, bytes);
    }

    /** The type, as the header {@code Content-Type} has it. */
    public String contentType() {
        return contentType;
    }

    /** The bytes themselves, not a copy. */
    public byte[] bytes() {
        return bytes;
    }

    @Override
    public String toString() {
        return bytes.length + " bytes of " + contentType;
    }
}
