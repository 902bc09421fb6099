package io.streamkeeper.storage.shard;

import io.streamkeeper.protocol.ListedStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The part of a listing that one step of a shard has found.
 *
 * @param items in order
 * @param from the place at which the next step continues; null if no streams are left
 */
public record ListedPage(List<Item> items, @Nullable String from) {
    /**
     * A stream, or a group of streams.
     *
     * @param name the path, or the text with which all paths of the group begin
     * @param stream null for a group
     */
    public record Item(String name, @Nullable ListedStream stream) {}
}
