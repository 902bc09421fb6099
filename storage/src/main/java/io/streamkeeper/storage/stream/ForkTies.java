package io.streamkeeper.storage.stream;

import io.streamkeeper.storage.record.HeapSize;
import io.streamkeeper.storage.record.Lineage;
import io.streamkeeper.storage.record.LogRecord;
import org.jspecify.annotations.Nullable;

/**
 * What ties a stream to others: its source if it is a fork, and its own forks. It also has the stream's generation in
 * format version 1, which forks inherit. Part of {@link StreamState}; few streams have one. Owned by the shard's loop.
 */
final class ForkTies {
    private static final int HEAP_BYTES = 40;

    /** The record of a fork, its origin and its lineage, without the texts of the paths. */
    private static final int FORK_HEAP_BYTES = 180;

    /** The place of a stream that has forks among the sources of its shard. */
    private static final int SOURCE_HEAP_BYTES = 72;

    private final int heapBytes;

    /** The fork's source and the inherited part, or null if the stream is not a fork. */
    final LogRecord.@Nullable Fork fork;

    /** The generation that the stream had in format version 1, if it was converted from that, or 0. */
    final long formerGeneration;

    /** The lineage that a fork inherits; null until it is known. */
    @Nullable
    Lineage lineage;

    /** The number of forks that inherit from the stream. */
    int forks;

    /** See {@link StreamState#releaseSource}. */
    boolean hasReleasedSource;

    ForkTies(LogRecord.@Nullable Fork fork, long formerGeneration) {
        this.fork = fork;
        this.formerGeneration = formerGeneration;
        this.heapBytes = HEAP_BYTES
                + (fork == null
                        ? 0
                        : FORK_HEAP_BYTES + HeapSize.of(fork.origin().source().value()));
    }

    /** The ties of a stream that is created or found, or null if it has none. */
    static @Nullable ForkTies of(LogRecord.@Nullable Fork fork, long formerGeneration) {
        return fork == null && formerGeneration == 0 ? null : new ForkTies(fork, formerGeneration);
    }

    /** An estimate of the heap that all of this takes. */
    int heapBytes() {
        return heapBytes + (forks == 0 ? 0 : SOURCE_HEAP_BYTES);
    }
}
