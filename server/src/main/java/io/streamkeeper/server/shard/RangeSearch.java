package io.streamkeeper.server.shard;

import io.netty.buffer.ByteBuf;
import io.streamkeeper.protocol.Command;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Offset;
import io.streamkeeper.protocol.Outcome;
import io.streamkeeper.protocol.Quoted;
import io.streamkeeper.protocol.ReadRange;
import io.streamkeeper.protocol.ReadStart;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.protocol.SseEncoder;
import io.streamkeeper.storage.memory.ReadLimit;
import io.streamkeeper.storage.record.Lineage;
import io.streamkeeper.storage.shard.Boundaries.Around;
import io.streamkeeper.storage.shard.Callback;
import io.streamkeeper.storage.shard.MessageSearch.Part;
import io.streamkeeper.storage.shard.ShardStore.Skipped;
import io.streamkeeper.storage.stream.StreamState;
import java.util.function.Consumer;

/**
 * Finds where a read with limits begins and ends, before anything is read: at the durable tail at the time of the search
 * at the latest. The cost depends on the limits, not on the length of the stream. Owned by the shard of the stream; the
 * shards of its ancestors search in the bytes that it inherits.
 */
public final class RangeSearch {
    /** Bytes of the longest character of UTF-8 but one: a character around a position is within as many on each side. */
    private static final int CHARACTER_REST_BYTES = 3;

    /** The result: the positions where the read begins and ends. */
    public record Range(long start, long end) {}

    private static final ReadRange UNLIMITED = new ReadRange(ReadRange.NONE, ReadRange.NONE, null, false);

    private final Shard shard;
    private final StreamState stream;
    private final Command.Read read;
    private final ReadRange range;
    private final long bytesMax;
    private final Callback<Range> then;
    private final long earliest;
    private final long tail;
    private final Lineage lineage;

    private RangeSearch(Shard shard, StreamState stream, Command.Read read, long bytesMax, Callback<Range> then) {
        this.shard = shard;
        this.stream = stream;
        this.read = read;
        this.range = read.range() == null ? UNLIMITED : read.range();
        this.bytesMax = range.backward() ? least(range.bytesMax(), bytesMax) : range.bytesMax();
        this.then = then;
        this.earliest = stream.durableEarliest();
        this.tail = stream.durableTail();
        this.lineage = stream.lineageUpTo(tail);
    }

    /** The smaller of two limits, each of which may not be set. */
    private static long least(long one, long other) {
        return one < 0 ? other : other < 0 ? one : Math.min(one, other);
    }

    /**
     * Finds the range of {@code read}; on the shard's loop.
     *
     * @param bytesMax how many bytes the answer may have; a page that ends at its start begins accordingly later. -1 for
     *     any number
     * @param then called on the shard's loop, also if the stream was deleted meanwhile
     */
    public static void find(Shard shard, StreamState stream, Command.Read read, long bytesMax, Callback<Range> then) {
        long earliest = stream.durableEarliest();
        new RangeSearch(shard, stream, read, bytesMax, new Callback<>() {
                    @Override
                    public void complete(Range range) {
                        if (range.start() < stream.durableEarliest()) {
                            again();
                        } else {
                            then.complete(range);
                        }
                    }

                    @Override
                    public void refuse(Refusal refusal) {
                        if (earliest < stream.durableEarliest() && !stream.isDurablyDeleted()) {
                            again();
                        } else {
                            then.refuse(refusal);
                        }
                    }

                    /** Retention has dropped bytes in which this has searched: the client has not named them. */
                    private void again() {
                        shard.step(then::refuse, () -> new RangeSearch(shard, stream, read, bytesMax, then).find());
                    }
                })
                .find();
    }

    /**
     * Checks that no message extends across the end of {@code read}, which is not after the tail; on the shard's loop.
     */
    public static void checkEnd(Shard shard, StreamState stream, Command.Read read, long end, Callback<Range> then) {
        new RangeSearch(shard, stream, read, ReadRange.NONE, then)
                .atBoundary(end, () -> then.complete(new Range(end, end)));
    }

    private void find() {
        ReadStart.Last last = read.start() instanceof ReadStart.Last from ? from : null;
        boolean counts = range.messagesMax() > 0 || (last != null && last.messages() > 0);
        if (counts && !stream.contentType().isJson()) {
            then.refuse(Refusal.of(
                    ErrorCode.INVALID_PARAMETER,
                    "limit and tail count JSON messages, and the stream's content type is "
                            + Quoted.of(stream.contentType().value()) + "; expected max_bytes or tail_bytes"));
        } else if (last != null) {
            back(tail, last.messages(), last.bytes(), this::findEnd);
        } else if (read.start() instanceof ReadStart.Since since) {
            new Since(since.millis()).start();
        } else if (range.backward()) {
            long end = shard.store().position(stream, read.start());
            atBoundary(
                    end, () -> back(end, range.messagesMax(), bytesMax, start -> then.complete(new Range(start, end))));
        } else {
            findEnd(shard.store().position(stream, read.start()));
        }
    }

    // ---- the end of a read ----

    private void findEnd(long start) {
        Offset until = range.until();
        if (until == null) {
            limitBytes(start, tail);
            return;
        }
        long position = shard.store().position(stream, until);
        if (position < start) {
            then.refuse(Refusal.of(
                    ErrorCode.INVALID_PARAMETER,
                    "parameter until is " + until + ", which is before the beginning of the read, "
                            + stream.offsetAt(start)));
        } else {
            long end = Math.min(position, tail);
            atBoundary(end, () -> limitBytes(start, end));
        }
    }

    private void limitBytes(long start, long end) {
        if (bytesMax < 0 || end - start <= bytesMax) {
            limitMessages(start, end);
        } else {
            around(
                    start + bytesMax,
                    found -> limitMessages(
                            start, found.floor() > start ? found.floor() : Math.min(end, found.ceiling())));
        }
    }

    private void limitMessages(long start, long end) {
        if (range.messagesMax() < 0 || start == end) {
            then.complete(new Range(start, end));
        } else {
            new Skip(start, end, range.messagesMax(), found -> then.complete(new Range(start, Math.min(end, found))))
                    .start();
        }
    }

    // ---- the beginning of a read ----

    /** Finds the beginning of a part that ends at {@code end}. */
    private void back(long end, long messages, long bytes, Consumer<Long> found) {
        if (bytes < 0 || end - earliest <= bytes) {
            backMessages(earliest, end, messages, found);
        } else {
            around(end - bytes, near -> {
                long start = near.ceiling() < end ? near.ceiling() : near.floor();
                backMessages(Math.max(earliest, start), end, messages, found);
            });
        }
    }

    private void backMessages(long lowest, long end, long messages, Consumer<Long> found) {
        if (messages < 0 || lowest == end) {
            found.accept(lowest);
        } else {
            new Skip(end, lowest, messages, found).start();
        }
    }

    // ---- steps on the shards of the bytes ----

    /** Continues if no message extends across {@code position}. */
    private void atBoundary(long position, Runnable next) {
        if (!stream.contentType().isJson()) {
            next.run();
            return;
        }
        around(position, found -> {
            if (found.floor() == position) {
                next.run();
            } else {
                then.refuse(Refusal.of(
                        ErrorCode.INVALID_OFFSET,
                        "offset " + stream.offsetAt(position)
                                + " is inside a message; expected one that this server issued"));
            }
        });
    }

    /** Finds the ends of the message or character at a position. */
    private void around(long position, Consumer<Around> found) {
        boolean isText = !stream.contentType().isJson() && stream.contentType().isText();
        if (position <= earliest
                || position >= tail
                || !(isText || stream.contentType().isJson())) {
            found.accept(new Around(position, position));
        } else if (isText) {
            aroundCharacter(position, found);
        } else {
            on(
                    lineage.at(position),
                    position,
                    found,
                    (owner, part, callback) -> owner.store().messages().around(part, position, callback));
        }
    }

    private void aroundCharacter(long position, Consumer<Around> found) {
        long from = Math.max(earliest, position - CHARACTER_REST_BYTES);
        long to = Math.min(tail, position + CHARACTER_REST_BYTES);
        StreamRead.start(shard, stream, from, new ReadLimit(to, (int) (to - from), null), outcome -> {
            if (outcome instanceof Outcome.Chunk chunk) {
                Around near;
                try {
                    near = aroundCharacter(chunk.bytes(), from, position);
                } finally {
                    chunk.bytes().release();
                }
                guarded(() -> found.accept(near));
            } else {
                then.refuse((Refusal) outcome);
            }
        });
    }

    private static Around aroundCharacter(ByteBuf bytes, long from, long position) {
        int first = bytes.readerIndex();
        int before = (int) (position - from);
        int floor = SseEncoder.wholeTextLength(bytes.slice(first, Math.min(before, bytes.readableBytes())));
        int ceiling = floor == before ? floor : before + 1;
        while (ceiling < bytes.readableBytes()
                && floor < before
                && SseEncoder.wholeTextLength(bytes.slice(first, ceiling)) < ceiling) {
            ceiling++;
        }
        return new Around(from + floor, from + ceiling);
    }

    /** A step of the search in one run of the lineage, on the loop of its shard. */
    private interface Step<T> {
        void run(Shard owner, Part part, Callback<T> callback);
    }

    private <T> void on(Lineage run, long position, Consumer<T> found, Step<T> step) {
        boolean isOwn = position >= stream.ownStart() && run.generation() == stream.generation();
        Shard owner = isOwn ? shard : shard.shards().of(run.path());
        Part part = new Part(run, isOwn ? stream : null);
        Callback<T> callback = new Callback<>() {
            @Override
            public void complete(T value) {
                shard.step(this::refuse, () -> found.accept(value));
            }

            @Override
            public void refuse(Refusal refusal) {
                shard.run(() -> then.refuse(refusal));
            }
        };
        owner.step(callback::refuse, () -> step.run(owner, part, callback));
    }

    private void guarded(Runnable next) {
        shard.step(then::refuse, next);
    }

    /** Looks for a time, run by run, from the beginning on: the clock may have been set back at any time. */
    private final class Since {
        private final Steps steps = new Steps(shard.turns(), () -> shard.step(then::refuse, this::step));
        private final long millis;
        private long position = earliest;
        private boolean found;

        Since(long millis) {
            this.millis = millis;
        }

        void start() {
            steps.start();
        }

        private void step() {
            if (found || position >= tail) {
                findEnd(position);
                return;
            }
            long from = position;
            RangeSearch.this.<Skipped>on(
                    lineage.at(from),
                    from,
                    skipped -> {
                        position = skipped.position();
                        found = skipped.remaining() == 0;
                        steps.answered();
                    },
                    (owner, part, callback) ->
                            callback.complete(owner.store().messages().since(part, from, millis)));
        }
    }

    /** Skips messages, run by run; towards the beginning if its limit is before it. */
    private final class Skip {
        private final Steps steps = new Steps(shard.turns(), () -> shard.step(then::refuse, this::step));
        private final boolean backward;
        private final long limit;
        private final Consumer<Long> found;
        private long position;
        private long remaining;

        Skip(long from, long limit, long count, Consumer<Long> found) {
            this.position = from;
            this.limit = limit;
            this.backward = limit < from;
            this.remaining = count;
            this.found = found;
        }

        void start() {
            steps.start();
        }

        private void step() {
            boolean isAtLimit = backward ? position <= limit : position >= limit;
            if (remaining == 0 || isAtLimit) {
                found.accept(position);
                return;
            }
            long from = position;
            long count = remaining;
            Lineage run = backward ? lineage.before(from) : lineage.at(from);
            RangeSearch.this.<Skipped>on(
                    run,
                    backward ? from - 1 : from,
                    skipped -> {
                        position = skipped.position();
                        remaining = skipped.remaining();
                        steps.answered();
                    },
                    (owner, part, callback) -> {
                        if (backward) {
                            owner.store().messages().skipBack(part, limit, from, count, callback);
                        } else {
                            owner.store().messages().skip(part, from, count, callback);
                        }
                    });
        }
    }
}
