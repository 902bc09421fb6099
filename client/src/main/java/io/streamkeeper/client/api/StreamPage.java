package io.streamkeeper.client.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A page of a listing. Paths are in the order of their bytes in UTF-8.
 *
 * @param streams the streams, in the order of their paths
 * @param groups the groups, in the same order: each is the beginning of paths up to a slash; empty unless {@link
 *     ListOptions#grouped} is set
 * @param next the last item, after which the next page begins; null if this is the last page
 * @param position from which the changes of streams can be followed, as the text that the call {@code changes}
 *     takes: none of them is on the page, and none is missing; null unless this is the first page
 */
public record StreamPage(
        List<StreamEntry> streams,
        List<String> groups,
        @Nullable String next,
        @Nullable String position) {
    /**
     * Copies the lists.
     *
     * @param streams the streams, in the order of their paths
     * @param groups the groups, in the same order
     * @param next the last item; null if this is the last page
     * @param position from which changes can be followed; null unless this is the first page
     */
    public StreamPage {
        streams = List.copyOf(streams);
        groups = List.copyOf(groups);
    }
}
