package io.streamkeeper.client.api;

import io.streamkeeper.protocol.Producer;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.protocol.StreamSeq;
import org.jspecify.annotations.Nullable;

/**
 * The conditions of an append (section 5.2). Begin with {@link #none}; each method returns options with one more
 * setting.
 */
public final class AppendOptions {
    private static final AppendOptions NONE = new AppendOptions(null, null, null, null, false);

    private final @Nullable Producer producer;
    private final @Nullable String ifMatch;
    private final @Nullable String expectedOffset;
    private final @Nullable String streamSeq;
    private final boolean closes;

    private AppendOptions(
            @Nullable Producer producer,
            @Nullable String ifMatch,
            @Nullable String expectedOffset,
            @Nullable String streamSeq,
            boolean closes) {
        this.producer = producer;
        this.ifMatch = ifMatch;
        this.expectedOffset = expectedOffset;
        this.streamSeq = streamSeq;
        this.closes = closes;
    }

    /** {@return options without a condition} */
    public static AppendOptions none() {
        return NONE;
    }

    /**
     * {@return these options, for an append that takes effect exactly once (section 5.2.1)} A retry with the same
     * numbers writes nothing and returns the current tail. A skipped number fails with {@link
     * StreamException.ProducerGap}, an epoch before the current one with {@link StreamException.ProducerFenced}.
     *
     * @param id the name of the producer, 1 to 256 characters
     * @param epoch the session, 0 or more; a higher one fences the earlier ones and restarts at seq 0
     * @param seq the number of this append within the session: 0, 1, 2 and so on
     * @throws IllegalArgumentException if the id is empty or too long, or a number is negative or above 2^53-1
     */
    public AppendOptions producer(String id, long epoch, long seq) {
        try {
            return new AppendOptions(Producer.of(id, epoch, seq), ifMatch, expectedOffset, streamSeq, closes);
        } catch (RefusedException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    /**
     * {@return these options, for an append that requires the stream's tail to be at {@code offset}} Otherwise it fails
     * with {@link StreamException.OffsetMismatch}.
     *
     * @param offset one that the stream returned; with any other text, the append fails with {@link
     *     StreamException.Invalid}
     */
    public AppendOptions ifMatch(String offset) {
        return new AppendOptions(producer, offset, expectedOffset, streamSeq, closes);
    }

    /**
     * {@return these options, for an append that requires the stream's tail to be at {@code offset}} Otherwise it fails
     * with {@link StreamException.OffsetMismatch}. It is the condition of {@link #ifMatch} under the protocol's own
     * name: over HTTP, the header {@code Stream-Expected-Offset}.
     *
     * @param offset one that the stream returned; with any other text, the append fails with {@link
     *     StreamException.Invalid}
     */
    public AppendOptions expectedOffset(String offset) {
        return new AppendOptions(producer, ifMatch, offset, streamSeq, closes);
    }

    /**
     * {@return these options, for an append that requires {@code seq} to sort after the stream's last one} Otherwise it
     * fails with {@link StreamException.SequenceRegression}.
     *
     * @param seq 1 to 1024 characters, compared as text, not as a number
     * @throws IllegalArgumentException if it is empty or too long
     */
    public AppendOptions streamSeq(String seq) {
        try {
            return new AppendOptions(producer, ifMatch, expectedOffset, StreamSeq.check(seq), closes);
        } catch (RefusedException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    /** {@return these options, for an append that also closes the stream, in one step (section 5.3)} */
    public AppendOptions closing() {
        return new AppendOptions(producer, ifMatch, expectedOffset, streamSeq, true);
    }

    /** {@return the producer and the sequence number of the append; null without a producer} */
    public @Nullable Producer producer() {
        return producer;
    }

    /** {@return the offset at which the tail must be; null if it may be anywhere} */
    public @Nullable String ifMatch() {
        return ifMatch;
    }

    /** {@return the offset at which the tail is expected; null if it may be anywhere} */
    public @Nullable String expectedOffset() {
        return expectedOffset;
    }

    /** {@return the {@code Stream-Seq} that must sort after the stream's last one; null if none was given} */
    public @Nullable String streamSeq() {
        return streamSeq;
    }

    /** {@return whether the append also closes the stream} */
    public boolean closes() {
        return closes;
    }
}
