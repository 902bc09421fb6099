package io.streamkeeper.server.subscription;

import org.jspecify.annotations.Nullable;

/**
 * Some of the links of a subscription, in the order of their paths. Immutable.
 *
 * @param after the path after which they begin; null for the first
 * @param limit how many there are at most
 * @param onlyPending whether they are those with something to acknowledge
 */
public record LinkRange(@Nullable String after, int limit, boolean onlyPending) {
    /** All links. */
    public static final LinkRange ALL = new LinkRange(null, Integer.MAX_VALUE, false);
}
