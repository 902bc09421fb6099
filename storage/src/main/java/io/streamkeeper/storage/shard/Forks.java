package io.streamkeeper.storage.shard;

import io.netty.buffer.ByteBuf;
import io.streamkeeper.protocol.ContentType;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.ForkOrigin;
import io.streamkeeper.protocol.Outcome;
import io.streamkeeper.protocol.Quoted;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.storage.extent.ExtentStore;
import io.streamkeeper.storage.memory.ReadLimit;
import io.streamkeeper.storage.record.Lineage;
import io.streamkeeper.storage.shard.ShardStore.Inherited;
import io.streamkeeper.storage.shard.ShardStore.Skipped;
import io.streamkeeper.storage.stream.ForkSource;
import io.streamkeeper.storage.stream.StreamContent;
import io.streamkeeper.storage.stream.StreamState;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The streams of one shard that are sources of forks, with the number of forks of each. The bytes of a source are kept,
 * also when it is deleted or retention trims it. Owned by the shard's loop.
 *
 * <p>A fork is counted before its record is staged, and no longer counted when nothing needs it: when its creation
 * fails, or when it is deleted and has no forks itself. At zero a deleted source is released, see {@link Release}, and
 * the count of its own source is reduced, and so on along a chain of any length. Each step runs in a separate turn, see
 * {@link ShardStore.SourceReleaser}: no step calls the next. No step waits for the record of the previous one, because
 * nothing needs a stream that is durably deleted and has no forks, even if its release is not logged yet.
 */
public final class Forks {
    private final Map<Long, StreamState> sources = new HashMap<>();
    private final ContentReader reader;
    private final Boundaries boundaries;
    private final ExtentStore extents;

    Forks(ContentReader reader, Boundaries boundaries, ExtentStore extents) {
        this.reader = reader;
        this.boundaries = boundaries;
        this.extents = extents;
    }

    // ---- counts ----

    /** Finds the source of a fork and counts the fork; see {@link ShardStore#pinSource}. */
    void pin(ShardState shard, ForkOrigin origin, @Nullable ContentType contentType, Callback<ForkSource> then) {
        if (!shard.leads()) {
            then.refuse(ShardState.noLead());
            return;
        }
        ForkSource pinned;
        try {
            StreamState source = shard.visible(origin.source());
            if (source != null && source.isDeleted() && !shard.isGone(source)) {
                Refusal refusal = noSource(origin, source.forks() > 0);
                shard.answer(source, refusal, outcome -> then.refuse((Refusal) outcome));
                return;
            }
            if (source != null && isBeingTrimmed(source)) {
                pinWhenTrimmed(shard, source, origin, contentType, then);
                return;
            }
            pinned = pin(shard, source, origin, contentType);
        } catch (RefusedException e) {
            then.refuse(e.refusal());
            return;
        }
        then.complete(pinned);
    }

    /** Whether a staged record drops bytes that readers may still see. */
    private static boolean isBeingTrimmed(StreamState source) {
        return source.kept() > source.durableEarliest();
    }

    /**
     * Waits for the staged records that drop a part of the source: where the inherited data begins is known only when
     * they are durable. Meanwhile the fork is counted, so no later record drops more.
     */
    private void pinWhenTrimmed(
            ShardState shard,
            StreamState source,
            ForkOrigin origin,
            @Nullable ContentType contentType,
            Callback<ForkSource> then) {
        count(source);
        shard.heap().count(source);
        shard.answer(source, new Outcome.Deleted(), outcome -> {
            Callback<ForkSource> counted = countedOnce(shard, source, then);
            if (outcome instanceof Refusal refusal && isBeingTrimmed(source)) {
                counted.refuse(refusal);
            } else {
                pin(shard, origin, contentType, counted);
            }
        });
    }

    /** Ends the count that was made while a fork waited: before a refusal, and before any later release. */
    private static Callback<ForkSource> countedOnce(ShardState shard, StreamState source, Callback<ForkSource> then) {
        return new Callback<>() {
            @Override
            public void complete(ForkSource pinned) {
                shard.giveBack(source.path(), source.generation(), () -> {});
                then.complete(pinned);
            }

            @Override
            public void refuse(Refusal refusal) {
                shard.giveBack(source.path(), source.generation(), () -> then.refuse(refusal));
            }
        };
    }

    private static Refusal noSource(ForkOrigin origin, boolean deleted) {
        String names = "Stream-Forked-From names " + Quoted.of(origin.source().value());
        return deleted
                ? Refusal.of(ErrorCode.SOURCE_DELETED, names + ", which is deleted")
                : Refusal.of(ErrorCode.SOURCE_NOT_FOUND, names + ", which does not exist");
    }

    private ForkSource pin(
            ShardState shard, @Nullable StreamState source, ForkOrigin origin, @Nullable ContentType contentType) {
        if (source == null || shard.isGone(source)) {
            throw new RefusedException(noSource(origin, source != null));
        }
        if (contentType != null && !contentType.matches(source.contentType())) {
            throw new RefusedException(
                    ErrorCode.CONTENT_TYPE_MISMATCH,
                    "Content-Type is " + Quoted.of(contentType.value()) + ", expected that of the fork's source, "
                            + Quoted.of(source.contentType().value()));
        }
        long tail = source.durableTail();
        long position =
                origin.offset() == null ? tail : StreamReads.readable(source, source.positionUpToTail(origin.offset()));
        ForkSource pinned = pin(source, position);
        shard.heap().count(source);
        return pinned;
    }

    /** Counts a fork of {@code source} that diverges at {@code position}. */
    private ForkSource pin(StreamState source, long position) {
        ForkSource pinned = new ForkSource(
                source.path(),
                source.generation(),
                source.contentType(),
                source.expiry(),
                position,
                source.durableEarliest(),
                source.lineageUpTo(source.durableTail()));
        count(source);
        return pinned;
    }

    /** Counts a fork of {@code source}, so that the bytes of {@code source} are kept. */
    void count(StreamState source) {
        sources.put(source.generation(), source);
        source.addFork();
    }

    /**
     * Reduces the fork count of a source by one. Returns the source if that was the last fork: the caller releases the
     * bytes that are kept for forks. A source that recovery did not find has no count.
     */
    @Nullable
    StreamState release(long generation) {
        StreamState source = sources.get(generation);
        if (source == null) {
            return null;
        }
        source.removeFork();
        if (source.forks() > 0) {
            return null;
        }
        sources.remove(generation);
        return source;
    }

    /** The shard is closed: releases the content of all sources. */
    void close() {
        sources.values().forEach(stream -> stream.content().release(extents::released));
    }

    // ---- inherited data ----

    /** The ancestor that wrote {@code run}; refused if it does not have those bytes any more. */
    StreamState source(Lineage run, long from) {
        StreamState source = sources.get(run.generation());
        if (source == null) {
            throw new RefusedException(
                    ErrorCode.STREAM_NOT_FOUND, "stream " + Quoted.of(run.path().value()) + " is gone by now");
        }
        if (run.end() > source.durableTail() || from < source.content().start()) {
            throw new RefusedException(
                    ErrorCode.STORAGE_FAILED,
                    "what is inherited from position " + from + " to " + run.end() + " of stream "
                            + Quoted.of(run.path().value()) + " was lost; that stream has positions "
                            + source.content().start() + " to " + source.durableTail());
        }
        return source;
    }

    /** Reads from {@code from} on within {@code run}; see {@link ShardStore#readInherited}. */
    void read(Lineage run, long from, ReadLimit limit, Callback<Inherited> then) {
        StreamState source = source(run, from);
        reader.read(source, from, run.end(), limit, new Callback<>() {
            @Override
            public void complete(ByteBuf bytes) {
                then.complete(new Inherited(bytes, from + bytes.readableBytes()));
            }

            @Override
            public void refuse(Refusal refusal) {
                then.refuse(refusal);
            }
        });
    }

    /** The end of the append that contains the byte at {@code position}; see {@link ShardStore#appendEnd}. */
    void appendEnd(Lineage run, long position, Callback<Long> then) {
        StreamContent content = source(run, position).content();
        boundaries.appendEnd(content, position, Callbacks.then(then, end -> then.complete(Math.min(end, run.end()))));
    }

    /** Skips {@code count} messages from {@code from} on within {@code run}; see {@link ShardStore#skipMessages}. */
    void skip(Lineage run, long from, long count, Callback<Skipped> then) {
        StreamContent content = source(run, from).content();
        boundaries.messagesBefore(content, from, Callbacks.then(then, before -> {
            if (before < 0) {
                then.refuse(Refusal.of(
                        ErrorCode.INVALID_OFFSET,
                        "Stream-Fork-Offset is at position " + from + ", inside a message; expected an offset that this"
                                + " server issued"));
                return;
            }
            boundaries.messagesBefore(content, run.end(), Callbacks.then(then, end -> {
                long here = Math.min(count, end - before);
                boundaries.positionAfter(
                        content,
                        before + here,
                        Callbacks.then(then, position -> then.complete(new Skipped(position, count - here))));
            }));
        }));
    }
}
