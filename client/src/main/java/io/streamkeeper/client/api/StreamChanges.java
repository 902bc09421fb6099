package io.streamkeeper.client.api;

import java.time.Instant;
import java.util.List;

/**
 * Creations, closures and deletions of streams that are durable.
 *
 * @param changes those of one path in their order, those of different paths in any; empty if there were none in time
 * @param position the position after them, from which the next ones can be requested
 */
public record StreamChanges(List<Change> changes, String position) {
    /**
     * Copies the list.
     *
     * @param changes the changes
     * @param position the position after them
     */
    public StreamChanges {
        changes = List.copyOf(changes);
    }

    /** What has happened. */
    public enum Kind {
        /** The stream was created, perhaps as a closed one. */
        CREATED,
        /** The stream was closed. */
        CLOSED,
        /** The stream was deleted, or has expired. */
        DELETED
    }

    /**
     * A change of a stream.
     *
     * @param kind what has happened
     * @param path the stream, without percent-encoding
     * @param contentType its content type
     * @param nextOffset its tail after the change
     * @param closed whether it is closed after the change
     * @param createdAt when it was created
     */
    public record Change(
            Kind kind, String path, String contentType, String nextOffset, boolean closed, Instant createdAt) {}
}
