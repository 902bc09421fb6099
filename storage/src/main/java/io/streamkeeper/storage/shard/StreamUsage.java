package io.streamkeeper.storage.shard;

import io.streamkeeper.protocol.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * Receives how many streams a shard has, and how many bytes they keep, as changes; and may refuse further ones. Called
 * on the shard's loop.
 *
 * <p>What counts follows from the log alone (I13), so that a store which is opened again has the same sums: a stream
 * counts from its creation until it is dropped, also while it is deleted and forks need it, with the bytes that it wrote
 * itself from the first one that is kept to its tail. Bytes that a fork inherits count for their source, until the last
 * fork that needs them has ended. Records count when they are staged; if they are refused, their change is reverted.
 */
public interface StreamUsage {
    /**
     * The usage of a path changes.
     *
     * @param path of the stream
     * @param streams the change of the number of streams: -1, 0 or 1
     * @param bytes the change of the bytes
     */
    void changed(String path, int streams, long bytes);

    /**
     * Called before a record is staged that adds to a path, so never for what stores nothing: a retry that is
     * recognised, a creation that is repeated, a closure without content.
     *
     * @param path of the stream
     * @param streams 1 for a new stream, else 0
     * @param bytes that are stored in addition, not negative
     * @return the refusal; null if the record may be staged
     */
    default @Nullable Refusal refusal(String path, int streams, long bytes) {
        return null;
    }
}
