package io.streamkeeper.protocol;

/**
 * A creation, closure or deletion of a stream that is durable. An expiry is a deletion.
 *
 * @param kind what has happened
 * @param path the stream, decoded
 * @param contentType its content type
 * @param nextOffset its tail after the change
 * @param closed whether it is closed after the change; a creation may be one of a closed stream
 * @param createdMillis when it was created, in milliseconds since 1970 UTC
 */
public record StreamChange(
        Kind kind, String path, ContentType contentType, Offset nextOffset, boolean closed, long createdMillis) {
    /** What has happened. */
    public enum Kind {
        /** The stream was created. */
        CREATED,
        /** The stream was closed. */
        CLOSED,
        /** The stream was deleted, or has expired. */
        DELETED
    }
}
