package io.streamkeeper.storage;

import io.streamkeeper.protocol.StreamPath;
import org.jspecify.annotations.Nullable;

/**
 * What a fork inherits (section 4.2): the run of positions that one ancestor wrote, and behind it the runs before.
 * Immutable; shared between the shards of a fork and its descendants.
 *
 * @param path the ancestor's path, which names its shard
 * @param generation the ancestor
 * @param start the first position that the ancestor itself wrote
 * @param end the position behind the last one that is inherited of it; not before {@code start}
 * @param parent the run that ends at {@code start}, or null where that is the beginning
 */
public record Lineage(
        StreamPath path,
        long generation,
        long start,
        long end,
        @Nullable Lineage parent) {

    /** This lineage without what lies at or behind {@code position}; the oldest run is kept even when it is empty. */
    public Lineage upTo(long position) {
        Lineage run = this;
        while (run.parent != null && position <= run.start) {
            run = run.parent;
        }
        return position >= run.end ? run : new Lineage(run.path, run.generation, run.start, position, run.parent);
    }

    /** The run that holds the byte at {@code position}, which lies before the end of this one. */
    public Lineage at(long position) {
        Lineage run = this;
        while (run.parent != null && position < run.start) {
            run = run.parent;
        }
        return run;
    }

    /** The run that wrote the byte before {@code position}: whose generation an offset there carries. */
    Lineage before(long position) {
        Lineage run = this;
        while (run.parent != null && position <= run.start) {
            run = run.parent;
        }
        return run;
    }

    /** The run of an ancestor, or null where {@code generation} is none of this lineage. */
    @Nullable
    Lineage of(long generation) {
        for (Lineage run = this; run != null; run = run.parent) {
            if (run.generation == generation) {
                return run;
            }
        }
        return null;
    }
}
