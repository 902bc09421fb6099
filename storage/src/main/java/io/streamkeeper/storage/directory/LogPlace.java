package io.streamkeeper.storage.directory;

/**
 * A place in a replicated log, which the manifest of a shard keeps.
 *
 * @param term the term of the entry
 * @param index the number of the entry
 */
public record LogPlace(long term, long index) {
    /** Before the first entry; and the place of a shard whose log has one process only. */
    public static final LogPlace NONE = new LogPlace(0, -1);

    /** Only {@link #NONE} has no entry: a manifest could not be read with another one. */
    public LogPlace {
        if (term < 0 || index < (term == 0 ? -1 : 0)) {
            throw new IllegalArgumentException(
                    "term " + term + ", index " + index + "; expected the place of an entry");
        }
    }
}
