package io.streamkeeper.server.shard;

import io.streamkeeper.storage.stream.StreamState;
import io.streamkeeper.storage.stream.TailWaiters;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The streams of a server that have the most of something. Those with the most bytes or readers are found by looking at
 * every stream, in pieces of work of the loop; those that are used most are known to {@link BusyStreams}. Either takes the
 * memory of the result only, whatever the number of streams. Created for each request, one for each shard; owned by the
 * shard's loop.
 */
public final class TopStreams {
    /** Streams that are looked at in one piece. */
    private static final int PIECE_STREAMS = 1_000;

    /** By what streams are compared. */
    public enum Measure {
        /** Bytes that the stream keeps. */
        BYTES(top -> top.bytes()),
        /** Readers that wait at its tail. */
        READERS(top -> top.readers()),
        /** Requests to append. */
        APPENDS(top -> top.use().appends()),
        /** Bytes of these requests. */
        APPENDED_BYTES(top -> top.use().appendedBytes()),
        /** Requests to read. */
        READS(top -> top.use().reads());

        /** Has no state. */
        @SuppressWarnings("ImmutableEnumChecker")
        private final ToLongFunction<TopStream> value;

        Measure(ToLongFunction<TopStream> value) {
            this.value = value;
        }

        /** {@return its name for operators} */
        public String text() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        private boolean isOfUse() {
            return this != BYTES && this != READERS;
        }
    }

    private final Shard shard;
    private final Measure measure;
    private final int limit;
    private final Map<String, StreamUse> uses;
    private final long useNanos;

    /** The least of the result is the first. */
    private final PriorityQueue<TopStream> found;

    private final CompletableFuture<List<TopStream>> result = new CompletableFuture<>();

    private TopStreams(Shard shard, Measure measure, int limit) {
        this.shard = shard;
        this.measure = measure;
        this.limit = limit;
        this.uses = shard.busy().all();
        this.useNanos = shard.busy().nanos(shard.nowNanos());
        this.found = new PriorityQueue<>(Comparator.comparingLong(measure.value));
    }

    /**
     * {@return the streams with the most of a measure, the first with the most of all; completed by a loop, exceptionally
     * if the loops have ended}
     *
     * @param limit how many at most; those that have none of it are omitted
     */
    public static CompletableFuture<List<TopStream>> find(Shards shards, Measure measure, int limit) {
        List<CompletableFuture<List<TopStream>>> each =
                shards.all().stream().map(shard -> find(shard, measure, limit)).toList();
        return CompletableFuture.allOf(each.toArray(CompletableFuture[]::new))
                .thenApply(done -> each.stream()
                        .map(CompletableFuture::join)
                        .flatMap(Collection::stream)
                        .sorted(Comparator.comparingLong(measure.value).reversed())
                        .limit(limit)
                        .toList());
    }

    private static CompletableFuture<List<TopStream>> find(Shard shard, Measure measure, int limit) {
        try {
            return CompletableFuture.supplyAsync(() -> new TopStreams(shard, measure, limit), shard.loop())
                    .thenComposeAsync(TopStreams::start, shard.loop());
        } catch (RejectedExecutionException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private CompletableFuture<List<TopStream>> start() {
        if (measure.isOfUse()) {
            uses.forEach(this::addUsed);
            end();
        } else {
            step("");
        }
        return result;
    }

    // ---- by use ----

    private void addUsed(String path, StreamUse use) {
        StreamState stream = shard.store().listed(path);
        if (stream != null) {
            add(top(stream, use));
        }
    }

    // ---- by looking at all ----

    private void step(@Nullable String from) {
        if (from == null) {
            end();
            return;
        }
        try {
            String next = shard.store().visit(from, PIECE_STREAMS, this::look);
            shard.turns().add(() -> step(next));
        } catch (RuntimeException | Error e) {
            result.completeExceptionally(e);
        }
    }

    /** Looks at a stream; one that is not among the first costs a comparison. */
    private void look(StreamState stream) {
        long value = measure == Measure.BYTES ? bytes(stream) : readers(stream);
        TopStream least = found.size() < limit ? null : found.peek();
        if (value > 0 && (least == null || value > measure.value.applyAsLong(least))) {
            add(top(stream, uses.getOrDefault(stream.pathText(), StreamUse.NONE)));
        }
    }

    private static long bytes(StreamState stream) {
        return stream.durableTail() - stream.durableEarliest();
    }

    private static int readers(StreamState stream) {
        TailWaiters waiters = stream.waiters();
        return waiters == null ? 0 : waiters.count();
    }

    // ---- the result ----

    private TopStream top(StreamState stream, StreamUse use) {
        return new TopStream(stream.pathText(), bytes(stream), readers(stream), use, useNanos);
    }

    private void add(TopStream top) {
        if (measure.value.applyAsLong(top) == 0) {
            return;
        }
        found.add(top);
        if (found.size() > limit) {
            found.remove();
        }
    }

    private void end() {
        result.complete(new ArrayList<>(found));
    }
}
