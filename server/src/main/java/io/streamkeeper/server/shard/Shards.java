package io.streamkeeper.server.shard;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.EventExecutor;
import io.streamkeeper.protocol.JsonSplitter;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.server.limit.ContentLimits;
import io.streamkeeper.server.metrics.Counters;
import io.streamkeeper.storage.disk.StorageFailedException;
import io.streamkeeper.storage.extent.ExtentUsage;
import io.streamkeeper.storage.recovery.RecoveredForks;
import io.streamkeeper.storage.shard.ShardStore;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All shards of a server, distributed over the loops in turn. Immutable; safe for use by any thread. */
public final class Shards {
    private static final Logger LOG = LoggerFactory.getLogger(Shards.class);

    private final long incarnation = new SecureRandom().nextLong();
    private final Stores stores;
    private final List<Shard> shards;
    private final Counters counters = new Counters();
    private final IdentityHashMap<EventExecutor, TurnQueue> turns = new IdentityHashMap<>();

    /**
     * Opens the shards on the loops of {@code loops}, in turn; blocks until the stores are read.
     *
     * @throws IOException if a shard cannot be opened; those that were opened are closed again
     */
    public Shards(Stores stores, EventLoopGroup loops) throws IOException {
        this(stores, loops, null, JsonSplitter::new);
    }

    /**
     * The same.
     *
     * @param limits bounds the streams of tenants and their bytes; null if nothing is limited
     * @param splitters creates a splitter for each shard
     */
    public Shards(Stores stores, EventLoopGroup loops, @Nullable ContentLimits limits, Supplier<JsonSplitter> splitters)
            throws IOException {
        this.stores = stores;
        List<EventLoop> owners = new ArrayList<>();
        List<Callable<ShardStore>> openings = new ArrayList<>();
        for (int i = 0; i < stores.shards(); i++) {
            int shard = i;
            EventLoop loop = loops.next();
            owners.add(loop);
            openings.add(() ->
                    stores.open(shard, loop, (source, generation, done) -> release(source, generation, shard, done)));
        }
        List<ShardStore> opened = openAll(openings, owners);
        List<Shard> made = new ArrayList<>();
        for (int i = 0; i < opened.size(); i++) {
            EventLoop loop = owners.get(i);
            made.add(new Shard(
                    i,
                    loop,
                    turns.computeIfAbsent(loop, TurnQueue::new),
                    opened.get(i),
                    this,
                    limits == null ? null : limits.shard(i),
                    splitters.get()));
        }
        this.shards = List.copyOf(made);
        connectForks(opened);
        try {
            stores.started();
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    /** See {@link ShardStore.SourceReleaser}; {@code caller} is the number of the calling shard. */
    private void release(StreamPath source, long generation, int caller, Runnable done) {
        Shard home = shards.get(caller);
        of(source).releaseSource(generation, () -> home.run(done));
    }

    private static List<ShardStore> openAll(List<Callable<ShardStore>> openings, List<EventLoop> owners)
            throws IOException {
        ExecutorService threads = Executors.newFixedThreadPool(openings.size());
        List<ShardStore> opened = new ArrayList<>();
        IOException failure = null;
        try {
            for (Future<ShardStore> opening : threads.invokeAll(openings)) {
                try {
                    opened.add(opening.get());
                } catch (ExecutionException e) {
                    failure = failure == null ? causeOf(e) : failure;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            failure = new IOException("the start was interrupted", e);
        } finally {
            threads.shutdown();
        }
        if (failure != null) {
            for (int i = 0; i < opened.size(); i++) {
                owners.get(i).execute(opened.get(i)::close);
            }
            throw failure;
        }
        return opened;
    }

    private static IOException causeOf(ExecutionException e) {
        return e.getCause() instanceof IOException cause ? cause : new IOException(e.getCause());
    }

    /**
     * Derives from all shards which bytes the forks inherit and how many forks a stream has, and drops what no stream
     * needs.
     */
    private void connectForks(List<ShardStore> stores) throws IOException {
        for (String loss : RecoveredForks.connect(stores)) {
            LOG.warn("{}: after a power cut in durability os this can be; reads of it are refused", loss);
        }
        List<Future<?>> settled = new ArrayList<>();
        shards.forEach(shard -> settled.add(shard.loop().submit(shard.store()::settle)));
        await(settled);
    }

    private static void await(List<Future<?>> tasks) throws IOException {
        try {
            for (Future<?> task : tasks) {
                task.get();
            }
        } catch (ExecutionException e) {
            throw causeOf(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("the start was interrupted", e);
        }
    }

    /** The counters of all loops. */
    public Counters counters() {
        return counters;
    }

    /** Bytes of memory for records that no checkpoint has written yet, or that readers hold. */
    public long backlogBytes() {
        return shards.stream().mapToLong(shard -> shard.store().backlogBytes()).sum();
    }

    /**
     * Numbers of streams and files.
     *
     * @param all including deleted ones that forks keep
     * @param closed those that are closed
     * @param expiring those that expire
     * @param aged those with retention by age
     * @param extents the files of all of them, except those of journals
     */
    public record StreamCounts(long all, long closed, long expiring, long aged, ExtentUsage extents) {
        private static final StreamCounts NONE = new StreamCounts(0, 0, 0, 0, ExtentUsage.NONE);

        private StreamCounts plus(StreamCounts other) {
            return new StreamCounts(
                    all + other.all,
                    closed + other.closed,
                    expiring + other.expiring,
                    aged + other.aged,
                    extents.plus(other.extents));
        }
    }

    /** The numbers of streams, all zero once the loops have ended; completed when each loop has answered. */
    public CompletableFuture<StreamCounts> streamCounts() {
        CompletableFuture<StreamCounts> sum = CompletableFuture.completedFuture(StreamCounts.NONE);
        for (Shard shard : shards) {
            sum = sum.thenCombine(streamCounts(shard), StreamCounts::plus);
        }
        return sum;
    }

    private static CompletableFuture<StreamCounts> streamCounts(Shard shard) {
        ShardStore store = shard.store();
        try {
            return CompletableFuture.supplyAsync(
                    () -> new StreamCounts(
                            store.streamCount(),
                            store.closedCount(),
                            store.expiringCount(),
                            store.agedCount(),
                            store.extentUsage()),
                    shard.loop());
        } catch (RejectedExecutionException e) {
            return CompletableFuture.completedFuture(StreamCounts.NONE);
        }
    }

    /**
     * The state of each shard, in the order of their numbers; completed when each loop has answered, exceptionally once
     * the loops have ended.
     */
    public CompletableFuture<List<ShardStatus>> statuses() {
        List<CompletableFuture<ShardStatus>> each = new ArrayList<>();
        for (int i = 0; i < shards.size(); i++) {
            int number = i;
            Shard shard = shards.get(i);
            each.add(onLoop(shard, () -> shard.status(number)));
        }
        return all(each);
    }

    private static <T> CompletableFuture<T> onLoop(Shard shard, Supplier<T> value) {
        try {
            return CompletableFuture.supplyAsync(value, shard.loop());
        } catch (RejectedExecutionException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private static <T> CompletableFuture<List<T>> all(List<CompletableFuture<T>> each) {
        return CompletableFuture.allOf(each.toArray(CompletableFuture[]::new))
                .thenApply(done -> each.stream().map(CompletableFuture::join).toList());
    }

    /** Makes a checkpoint of each shard; completed, by a loop, when all are done, and never if a shard fails. */
    public CompletableFuture<Void> checkpointNow() {
        return job(ShardStore::checkpointNow);
    }

    /** Compacts the files of each shard; completed, by a loop, when all are done, and never if a shard fails. */
    public CompletableFuture<Void> compactNow() {
        return job(ShardStore::compactNow);
    }

    private CompletableFuture<Void> job(BiConsumer<ShardStore, Runnable> begin) {
        List<CompletableFuture<Void>> each = new ArrayList<>();
        for (Shard shard : shards) {
            CompletableFuture<Void> done = new CompletableFuture<>();
            shard.run(() -> begin.accept(shard.store(), () -> done.complete(null)));
            each.add(done);
        }
        return all(each).thenAccept(done -> {});
    }

    /** Number of shards that acknowledge nothing until the server restarts. */
    public long failedCount() {
        return shards.stream().filter(shard -> shard.failure() != null).count();
    }

    /** Number of shards. */
    public int count() {
        return shards.size();
    }

    /** The queue of a loop: that of its shards, or a new one for a loop without shards. */
    public TurnQueue turns(EventExecutor loop) {
        TurnQueue ofShards = turns.get(loop);
        return ofShards == null ? new TurnQueue(loop) : ofShards;
    }

    /** A random number of this start, which positions of listings contain. */
    public long incarnation() {
        return incarnation;
    }

    /** All shards. */
    public List<Shard> all() {
        return shards;
    }

    /** The shard that owns a path. */
    public Shard of(StreamPath path) {
        return shards.size() == 1 ? shards.get(0) : shards.get(path.shard(shards.size()));
    }

    /** The reason why a shard acknowledges nothing more, or null while all disks work (I9). */
    public @Nullable StorageFailedException failure() {
        for (Shard shard : shards) {
            StorageFailedException failure = shard.failure();
            if (failure != null) {
                return failure;
            }
        }
        return null;
    }

    /** Starts the periodic work of the shards: expiry, checkpoints. */
    public void start() {
        shards.forEach(Shard::start);
    }

    /** Releases all streams, and waits until that is done. The shards may not be used afterwards. */
    public void close() {
        stores.ending();
        List<Future<?>> closed = new ArrayList<>();
        shards.forEach(shard -> closed.add(shard.loop().submit(shard::close)));
        try {
            await(closed);
        } catch (IOException e) {
            LOG.error("a shard was not closed properly", e);
        }
    }
}
