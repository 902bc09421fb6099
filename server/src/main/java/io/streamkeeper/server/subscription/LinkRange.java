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
    /** As many as are described without asking for the heap that they take. */
    private static final int FIRST_MAX = 100;

    /** All links. */
    public static final LinkRange ALL = new LinkRange(null, Integer.MAX_VALUE, false);

    /** The first of the range, as many as take little heap. */
    public LinkRange first() {
        return new LinkRange(after, Math.min(limit, FIRST_MAX), onlyPending);
    }
}
