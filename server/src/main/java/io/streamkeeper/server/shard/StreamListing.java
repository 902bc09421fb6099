package io.streamkeeper.server.shard;

import io.netty.channel.EventLoop;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.ListQuery;
import io.streamkeeper.protocol.ListedStream;
import io.streamkeeper.protocol.ListingPosition;
import io.streamkeeper.protocol.Outcome;
import io.streamkeeper.protocol.PathOrder;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.storage.memory.Budget;
import io.streamkeeper.storage.memory.Reservation;
import io.streamkeeper.storage.shard.ListedPage;
import io.streamkeeper.storage.shard.Reply;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One page of a listing of all shards: each shard lists a batch of its items in order, and the batches are merged. A
 * shard whose batch is used up is asked for the next one. The cost is that of the page, whatever the number of streams;
 * only streams that may not be listed are looked at in vain, some in each piece of work of a loop.
 *
 * <p>The first page has the position from which the changes of streams can be followed: for each shard the number of the
 * last change before its first batch. If a stream of the shard has changed before a further batch, the page ends before
 * that batch, so that it has nothing that is reported after the position. Only a batch of many pieces, of which the first
 * ones find nothing that may be listed, goes on when a stream changes; the page may then have a stream that is reported too.
 *
 * <p>The page is in the order of paths and begins after a path. So a stream that exists during a whole listing is on
 * exactly one of its pages, whatever is created or deleted meanwhile. Owned by one loop; each step on a shard is one
 * message to its loop and one back.
 */
public final class StreamListing {
    /** Items of a batch beyond the part of the page that a shard has on average. */
    private static final int BATCH_EXTRA = 8;

    /** The most heap of an item, without the path of a stream, which the stream has anyway. */
    private static final int STREAM_BYTES = 256;

    /** The most heap of a group: its name in two bytes for each character, and the objects. */
    private static final int GROUP_BYTES = 2_304;

    /** About the most bytes of a page as JSON; the last item may exceed it. */
    private static final int TEXT_BYTES_MAX = 512 << 10;

    /** About the most bytes that an item has as JSON beside its path and its content type. */
    private static final int ITEM_TEXT_BYTES = 384;

    /** The most bytes of JSON for a character: it may need an escape, or three bytes. */
    private static final int CHARACTER_TEXT_BYTES = 3;

    /** The most JSON of an item that the reservation contains. */
    private static final int ITEM_TEXT_BYTES_MAX = 4 << 10;

    private final ListQuery query;
    private final int limit;
    private final int batch;
    private final Predicate<String> allowed;
    private final EventLoop home;
    private final Reply reply;
    private final Reservation memory;
    private final long incarnation;
    private List<Source> sources = List.of();
    private final AtomicBoolean answered = new AtomicBoolean();

    /** The shards that have an item at hand, by their first item. */
    private final PriorityQueue<Source> ready =
            new PriorityQueue<>(Comparator.comparing(source -> source.first().name(), PathOrder::compare));

    private final List<ListedStream> streams = new ArrayList<>();
    private final List<String> groups = new ArrayList<>();
    private @Nullable String last;
    private long textBytes;

    /** Batches that were asked for and have not arrived. */
    private int awaited;

    private StreamListing(
            ListQuery query,
            int limit,
            int batch,
            Predicate<String> allowed,
            EventLoop home,
            Reply reply,
            Reservation memory,
            long incarnation) {
        this.query = query;
        this.limit = limit;
        this.batch = batch;
        this.allowed = allowed;
        this.home = home;
        this.reply = reply;
        this.memory = memory;
        this.incarnation = incarnation;
    }

    /**
     * Lists a page. With little memory it has fewer items than the limit; if there is none now, the answer is a refusal.
     *
     * @param allowed whether the stream at a path may be listed; called on the loops of the shards
     * @param budget the memory of pages
     * @param home the loop on which batches are merged
     * @param reply receives {@link Outcome.Listed} or a refusal, on {@code home}
     */
    public static void start(
            Shards shards, ListQuery query, Predicate<String> allowed, Budget budget, EventLoop home, Reply reply) {
        int limit = query.limit();
        while (limit > 1 && bytes(query, limit, shards.count()) > budget.bytesMax()) {
            limit /= 2;
        }
        Reservation memory = budget.reserve(bytes(query, limit, shards.count()));
        if (memory == null) {
            reply.complete(Refusal.of(
                    ErrorCode.OVERLOADED,
                    "listings take " + budget.usedBytes() + " of the " + budget.bytesMax()
                            + " bytes of memory available for them; try again later"));
            return;
        }
        int batch = batch(limit, shards.count());
        new StreamListing(query, limit, batch, allowed, home, reply, memory, shards.incarnation()).start(shards);
    }

    /** The items of a shard's batch; one item more than the limit shows whether there is a next page. */
    private static int batch(int limit, int shards) {
        return Math.min(limit + 1, limit / shards + limit / (2 * shards) + BATCH_EXTRA);
    }

    private static long bytes(ListQuery query, int limit, int shards) {
        long items = (long) batch(limit, shards) * shards + limit;
        return items * (query.grouped() ? GROUP_BYTES : STREAM_BYTES)
                + Math.min(TEXT_BYTES_MAX, (long) limit * ITEM_TEXT_BYTES_MAX);
    }

    private void start(Shards shards) {
        LoopTasks.run(home, () -> {
            sources = shards.all().stream().map(Source::new).toList();
            awaited = sources.size();
            sources.forEach(Source::fetch);
        });
    }

    // ---- batches ----

    /** The items of one shard. Owned by the home loop; the methods of a batch run on the loop of the shard. */
    private final class Source {
        private final Shard shard;
        private Deque<ListedPage.Item> items = new ArrayDeque<>();
        private @Nullable String from;
        private boolean ended;

        /** The number of the last change before the first batch; -1 before that. */
        private long number = -1;

        Source(Shard shard) {
            this.shard = shard;
        }

        ListedPage.Item first() {
            return items.element();
        }

        void fetch() {
            String place = from;
            shard.step(
                    StreamListing.this::refuse,
                    () -> list(
                            new ArrayDeque<>(), place, shard.store().changes().last()));
        }

        /**
         * Lists the rest of a batch, in as many pieces as needed; on the first page, it ends early if streams change.
         *
         * @param before the number of the last change before the batch
         */
        private void list(Deque<ListedPage.Item> found, @Nullable String place, long before) {
            boolean hasChanged = hasPosition() && shard.store().changes().last() != before;
            if (hasChanged && !found.isEmpty()) {
                LoopTasks.run(home, () -> arrived(this, found, place, before));
                return;
            }
            ListedPage page = shard.store().list(query, place, batch - found.size(), allowed);
            found.addAll(page.items());
            String next = page.from();
            if (next == null || found.size() >= batch || reply.isAbandoned()) {
                LoopTasks.run(home, () -> arrived(this, found, next, before));
            } else {
                shard.turns().add(() -> shard.step(StreamListing.this::refuse, () -> list(found, next, before)));
            }
        }
    }

    private void arrived(Source source, Deque<ListedPage.Item> found, @Nullable String next, long before) {
        if (source.number < 0) {
            source.number = before;
        } else if (hasPosition() && before != source.number) {
            answer(new Outcome.Listed(streams, groups, last, position()));
            return;
        }
        source.items = found;
        source.from = next;
        source.ended = next == null;
        if (!found.isEmpty()) {
            ready.add(source);
        }
        awaited--;
        if (awaited == 0) {
            merge();
        }
    }

    // ---- the page ----

    private void merge() {
        Source source = ready.poll();
        while (source != null) {
            ListedPage.Item item = source.items.remove();
            if (!item.name().equals(last)) {
                if (isFull()) {
                    answer(new Outcome.Listed(streams, groups, last, position()));
                    return;
                }
                add(item);
            }
            if (!source.items.isEmpty()) {
                ready.add(source);
            } else if (!source.ended) {
                awaited = 1;
                source.fetch();
                return;
            }
            source = ready.poll();
        }
        answer(new Outcome.Listed(streams, groups, null, position()));
    }

    private boolean hasPosition() {
        return query.after() == null;
    }

    private @Nullable ListingPosition position() {
        return hasPosition()
                ? new ListingPosition(
                        incarnation,
                        sources.stream().mapToLong(source -> source.number).toArray())
                : null;
    }

    private boolean isFull() {
        return streams.size() + groups.size() == limit || textBytes > TEXT_BYTES_MAX;
    }

    private void add(ListedPage.Item item) {
        ListedStream stream = item.stream();
        last = item.name();
        textBytes += ITEM_TEXT_BYTES + (long) CHARACTER_TEXT_BYTES * item.name().length();
        if (stream == null) {
            groups.add(item.name());
        } else {
            streams.add(stream);
            textBytes += stream.info().contentType().value().length();
        }
    }

    private void refuse(Refusal refusal) {
        LoopTasks.run(home, () -> answer(refusal));
    }

    private void answer(Outcome outcome) {
        if (answered.compareAndSet(false, true)) {
            try (memory) {
                reply.complete(outcome);
            }
        }
    }
}
