package io.streamkeeper.storage.shard;

import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Quoted;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.storage.record.Lineage;
import io.streamkeeper.storage.shard.Boundaries.Around;
import io.streamkeeper.storage.shard.ShardStore.Skipped;
import io.streamkeeper.storage.stream.StreamContent;
import io.streamkeeper.storage.stream.StreamState;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds positions between messages for reads that are limited by messages, or that begin or end relative to others.
 * Each search concerns one run of a lineage: the bytes that one stream itself wrote, which the stream of the read or its
 * forks inherit. It reads at most the stored runs in which it begins and ends. Owned by the shard's loop.
 */
public final class MessageSearch {
    /** Runs that are looked at in one step. */
    private static final int SINCE_RUNS_MAX = 4_096;

    private final Forks forks;
    private final Boundaries boundaries;

    MessageSearch(Forks forks, Boundaries boundaries) {
        this.forks = forks;
        this.boundaries = boundaries;
    }

    /**
     * A stream of this shard whose bytes are searched.
     *
     * @param run the part of the stream that may be searched
     * @param own the stream, if it is the one that is read; null if the stream that is read inherits the part
     */
    public record Part(Lineage run, @Nullable StreamState own) {}

    /** Finds the boundaries next to {@code position}. */
    public void around(Part part, long position, Callback<Around> then) {
        StreamContent content = content(part, position);
        boundaries.around(content, position, then);
    }

    /** Skips {@code count} messages from {@code from} on, but not past the end of the part. */
    public void skip(Part part, long from, long count, Callback<Skipped> then) {
        StreamContent content = content(part, from);
        long end = part.run().end();
        counted(
                part,
                from,
                then,
                before -> counted(part, end, then, total -> {
                    if (count >= total - before) {
                        then.complete(new Skipped(end, count - (total - before)));
                    } else {
                        position(content, before + count, then, 0);
                    }
                }));
    }

    /**
     * Skips {@code count} messages before {@code from} towards the beginning, but not past {@code earliest}, nor past
     * what is dropped while this searches.
     */
    public void skipBack(Part part, long earliest, long from, long count, Callback<Skipped> then) {
        long lowest = Math.max(earliest, part.run().start());
        content(part, from);
        counted(
                part,
                from,
                then,
                before -> countedFrom(part, lowest, then, (start, first) -> {
                    if (count >= before - first) {
                        then.complete(new Skipped(start, start > lowest ? 0 : count - (before - first)));
                    } else {
                        position(
                                content(part, start),
                                before - count,
                                Callbacks.then(
                                        then,
                                        found -> then.complete(
                                                new Skipped(kept(part, found.position()), found.remaining()))),
                                0);
                    }
                }));
    }

    /** The first position from {@code position} on that was not dropped. */
    private static long kept(Part part, long position) {
        StreamState own = part.own();
        return own == null ? position : Math.max(position, own.content().start());
    }

    /** Continues with the first position from {@code lowest} on that was not dropped, and the messages before it. */
    private void countedFrom(Part part, long lowest, Callback<?> end, Counted then) {
        long start = kept(part, lowest);
        boundaries.messagesBefore(content(part, start), start, Callbacks.then(end, before -> {
            if (kept(part, start) > start) {
                countedFrom(part, start, end, then);
            } else if (before < 0) {
                end.refuse(insideMessage(start));
            } else {
                content(part, start);
                then.accept(start, before);
            }
        }));
    }

    /** Receives a position and the number of messages before it. */
    private interface Counted {
        void accept(long position, long messagesBefore);
    }

    /**
     * Finds where the first append begins that may not be older than {@code millis}; everything before it is. The
     * answer may have a remaining step: then everything up to its position is older, and the search continues there.
     */
    public Skipped since(Part part, long from, long millis) {
        StreamContent content = content(part, from);
        long end = Math.min(part.run().end(), content.end());
        int run = content.runAt(from);
        int last = Math.min(content.runCount(), run + SINCE_RUNS_MAX);
        while (run < last && content.runStart(run) < end && content.isBefore(run, millis)) {
            run++;
        }
        boolean isFound = run < last && content.runStart(run) < end;
        long position = isFound ? Math.max(from, content.runStart(run)) : Math.min(end, content.runStart(run));
        return new Skipped(position, isFound ? 0 : 1);
    }

    private void position(StreamContent content, long messages, Callback<Skipped> then, long remaining) {
        boundaries.positionAfter(
                content, messages, Callbacks.then(then, position -> then.complete(new Skipped(position, remaining))));
    }

    /** Continues with the number of messages before {@code position}; refuses if that is inside a message. */
    private void counted(Part part, long position, Callback<?> end, Consumer<Long> then) {
        boundaries.messagesBefore(content(part, position), position, Callbacks.then(end, before -> {
            if (before < 0) {
                end.refuse(insideMessage(position));
            } else {
                content(part, position);
                then.accept(before);
            }
        }));
    }

    private static Refusal insideMessage(long position) {
        return Refusal.of(
                ErrorCode.INVALID_OFFSET,
                "position " + position + " is inside a message; expected an offset that this server issued");
    }

    /**
     * The bytes of a part, which has those from {@code from} on.
     *
     * @throws RefusedException if they do not exist any more
     */
    private StreamContent content(Part part, long from) {
        StreamState own = part.own();
        if (own == null) {
            return forks.source(part.run(), from).content();
        }
        if (own.isDurablyDeleted()) {
            throw new RefusedException(
                    ErrorCode.STREAM_NOT_FOUND,
                    "stream " + Quoted.of(own.path().value()) + " was deleted while it was read");
        }
        if (from < own.content().start()) {
            throw new RefusedException(StreamReads.retained(own, from));
        }
        return own.content();
    }
}
