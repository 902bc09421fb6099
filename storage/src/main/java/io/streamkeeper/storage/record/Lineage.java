package io.streamkeeper.storage.record;

import io.streamkeeper.protocol.Offset;
import io.streamkeeper.protocol.StreamPath;
import org.jspecify.annotations.Nullable;

/**
 * The data that a fork inherits (section 4.2): the run of positions that one ancestor wrote, and before it the runs of
 * that ancestor's own ancestors. Immutable; the forks of a stream share its runs, also across shards, so a fork adds
 * one run at any depth.
 *
 * <p>Towards the beginning, runs have lower starts and lower generations. Each run has a second reference, which skips
 * several runs, so that a run is found in a number of steps that grows with the logarithm of the depth (a skew-binary
 * list).
 */
public final class Lineage {
    private final StreamPath path;
    private final long generation;
    private final long formerGeneration;
    private final long start;
    private final long end;
    private final @Nullable Lineage parent;
    private final Lineage jump;
    private final int depth;

    /** A run of an ancestor that was not converted from format version 1. */
    public Lineage(StreamPath path, long generation, long start, long end, @Nullable Lineage parent) {
        this(path, generation, 0, start, end, parent);
    }

    /**
     * A run.
     *
     * @param path the ancestor's path, which names its shard
     * @param generation the ancestor
     * @param formerGeneration its generation in format version 1, or 0
     * @param start the first position that the ancestor itself wrote
     * @param end the position after the last one that is inherited from the ancestor; not before {@code start}
     * @param parent the run that ends at {@code start}, or null if {@code start} is the beginning
     */
    public Lineage(
            StreamPath path, long generation, long formerGeneration, long start, long end, @Nullable Lineage parent) {
        this.path = path;
        this.generation = generation;
        this.formerGeneration = formerGeneration;
        this.start = start;
        this.end = end;
        this.parent = parent;
        this.depth = parent == null ? 0 : parent.depth + 1;
        this.jump = parent == null ? this : jumpAbove(parent);
    }

    /** Two adjacent skips of the same length become one. */
    private static Lineage jumpAbove(Lineage parent) {
        Lineage first = parent.jump;
        return parent.depth - first.depth == first.depth - first.jump.depth ? first.jump : parent;
    }

    public StreamPath path() {
        return path;
    }

    public long generation() {
        return generation;
    }

    /** The ancestor's generation in format version 1, or 0. */
    public long formerGeneration() {
        return formerGeneration;
    }

    public long start() {
        return start;
    }

    public long end() {
        return end;
    }

    /** The run before this one, or null. */
    @Nullable
    Lineage parent() {
        return parent;
    }

    /** The number of runs before this one. */
    int depth() {
        return depth;
    }

    @Override
    public String toString() {
        return path + " from " + start + " to " + end;
    }

    /** This lineage without the positions from {@code position} on; the oldest run is kept even if it is empty. */
    public Lineage upTo(long position) {
        Lineage run = before(position);
        return position >= run.end
                ? run
                : new Lineage(run.path, run.generation, run.formerGeneration, run.start, position, run.parent);
    }

    /** The run that contains the byte at {@code position}, which is before the end of this run. */
    public Lineage at(long position) {
        return startingAtMost(position);
    }

    /** The run that contains the byte before {@code position}; an offset of that position has its generation. */
    public Lineage before(long position) {
        return startingAtMost(position - 1);
    }

    /** The run of the ancestor with this present or former generation, or null if no ancestor has it. */
    @Nullable
    public Lineage of(long wanted) {
        boolean former = wanted > Offset.GENERATION_MAX;
        Lineage run = this;
        while (run.generation(former) > wanted && run.parent != null) {
            run = run.jump.generation(former) > wanted ? run.jump : run.parent;
        }
        return run.generation(former) == wanted ? run : null;
    }

    /** Former generations have the same order; streams without one come after all others. */
    private long generation(boolean former) {
        if (former) {
            return formerGeneration == 0 ? Long.MAX_VALUE : formerGeneration;
        }
        return generation;
    }

    /**
     * The first run, from this one towards the beginning, that starts at or before {@code position}; else the oldest.
     */
    private Lineage startingAtMost(long position) {
        Lineage run = this;
        while (run.start > position && run.parent != null) {
            run = run.jump.start > position ? run.jump : run.parent;
        }
        return run;
    }
}
