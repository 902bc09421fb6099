package io.streamkeeper.server.api;

import io.streamkeeper.protocol.Producer;
import io.streamkeeper.protocol.RefusedException;
import org.jspecify.annotations.Nullable;

/**
 * On which conditions something is appended (section 5.2): begin with {@link #none}; each method gives options that have
 * one more thing set.
 */
public final class AppendOptions {
    private static final AppendOptions NONE = new AppendOptions(null, null, null, false);

    private final @Nullable Producer producer;
    private final @Nullable String ifMatch;
    private final @Nullable String streamSeq;
    private final boolean closes;

    private AppendOptions(
            @Nullable Producer producer, @Nullable String ifMatch, @Nullable String streamSeq, boolean closes) {
        this.producer = producer;
        this.ifMatch = ifMatch;
        this.streamSeq = streamSeq;
        this.closes = closes;
    }

    /** No condition. */
    public static AppendOptions none() {
        return NONE;
    }

    /**
     * Appends exactly once (section 5.2.1): a repetition of the same numbers writes nothing and is answered as the first
     * time was.
     *
     * @param id the producer's own name, 1 to 256 characters
     * @param epoch the session, from 0 on; a higher one fences those before it
     * @param seq the number of this append within the session: 0, 1, 2 and so on
     * @throws IllegalArgumentException if the id is empty or too long, or a number is negative or above 2^53-1
     */
    public AppendOptions producer(String id, long epoch, long seq) {
        try {
            return new AppendOptions(Producer.of(id, epoch, seq), ifMatch, streamSeq, closes);
        } catch (RefusedException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    /** Appends only if the stream's tail is at {@code offset}, else {@link StreamException.OffsetMismatch}. */
    public AppendOptions ifMatch(String offset) {
        return new AppendOptions(producer, offset, streamSeq, closes);
    }

    /**
     * Appends only if {@code seq} sorts after the last one that the stream was given, else {@link
     * StreamException.SequenceRegression}.
     */
    public AppendOptions streamSeq(String seq) {
        return new AppendOptions(producer, ifMatch, seq, closes);
    }

    /** Closes the stream behind what is appended, in one step. */
    public AppendOptions closing() {
        return new AppendOptions(producer, ifMatch, streamSeq, true);
    }

    /** Who appends and which append this is, or null. */
    public @Nullable Producer producer() {
        return producer;
    }

    /** The offset that the tail must be at, or null. */
    public @Nullable String ifMatch() {
        return ifMatch;
    }

    /** What must sort after the stream's last one, or null. */
    public @Nullable String streamSeq() {
        return streamSeq;
    }

    /** Whether the stream is closed behind what is appended. */
    public boolean closes() {
        return closes;
    }
}
