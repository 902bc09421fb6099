package io.streamkeeper.client.api;

import org.jspecify.annotations.Nullable;

/**
 * Which streams are listed, and how many at once. Begin with {@link #all} or {@link #below}; each further method returns
 * options with one more setting. Immutable.
 */
public final class ListOptions {
    /** The most items of a page. */
    public static final int LIMIT_MAX = 1_000;

    private static final int LIMIT_DEFAULT = 100;

    private final String prefix;
    private final @Nullable String after;
    private final int limit;
    private final boolean grouped;

    private ListOptions(String prefix, @Nullable String after, int limit, boolean grouped) {
        this.prefix = prefix;
        this.after = after;
        this.limit = limit;
        this.grouped = grouped;
    }

    /** {@return options for all streams} */
    public static ListOptions all() {
        return below("");
    }

    /**
     * {@return options for the streams whose paths begin with a text}
     *
     * @param prefix the text, without percent-encoding, at most 1024 bytes of UTF-8; it may end within a segment
     */
    public static ListOptions below(String prefix) {
        return new ListOptions(prefix, null, LIMIT_DEFAULT, false);
    }

    /**
     * {@return these options, for the page after an item}
     *
     * @param item the {@link StreamPage#next} of the page before, or any path
     */
    public ListOptions after(String item) {
        return new ListOptions(prefix, item, limit, grouped);
    }

    /**
     * {@return these options, for pages of at most so many items}
     *
     * @param items streams and groups, 1 to {@value #LIMIT_MAX}; 100 if it is not set
     * @throws IllegalArgumentException if the number is out of range
     */
    public ListOptions limit(int items) {
        if (items < 1 || items > LIMIT_MAX) {
            throw new IllegalArgumentException("limit is " + items + "; expected 1 to " + LIMIT_MAX);
        }
        return new ListOptions(prefix, after, items, grouped);
    }

    /**
     * {@return these options, with one group in place of the streams that have a further slash after the prefix} So a
     * tree of streams is listed level by level.
     */
    public ListOptions grouped() {
        return new ListOptions(prefix, after, limit, true);
    }

    /** {@return the text with which paths begin} */
    public String prefix() {
        return prefix;
    }

    /** {@return the item after which the page begins; null for the first page} */
    public @Nullable String after() {
        return after;
    }

    /** {@return the most items of the page} */
    public int limit() {
        return limit;
    }

    /** {@return whether streams with a further slash are grouped} */
    public boolean isGrouped() {
        return grouped;
    }
}
