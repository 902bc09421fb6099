package io.streamkeeper.server.subscription;

import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.JsonSplitter;
import io.streamkeeper.protocol.ReadStart;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.server.limit.SubscriptionQuotas;
import io.streamkeeper.server.shard.JsonRoom;
import io.streamkeeper.server.shard.RandomIds;
import io.streamkeeper.server.shard.Shards;
import io.streamkeeper.storage.disk.Clock;
import io.streamkeeper.storage.memory.MemoryLedger;
import io.streamkeeper.storage.shard.Callback;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The subscriptions of a server, each with a log in the shards. Safe for use by any thread.
 *
 * <p>In a cluster, they are served by the member that leads, while it leads. At the start, all logs are read, then each shard looks at all its streams once and reports those that subscriptions
 * follow. Requests wait until that is done.
 */
public final class StoredSubscriptions implements Subscriptions {
    private static final Logger LOG = LoggerFactory.getLogger(StoredSubscriptions.class);

    private final SubscriptionServices services;

    /** Those of each shard; none while the subscriptions are not served. */
    private volatile List<ShardSubscriptions> homes = List.of();

    /** Why there are none. */
    private volatile Refusal ended = Refusal.of(
            ErrorCode.NO_LEADER, "subscriptions are served by the leader of the cluster only; try again later");

    private StoredSubscriptions(SubscriptionServices services) {
        this.services = services;
    }

    /**
     * The subscriptions of {@code shards}, which are served after {@link #begin}. Nothing is delivered before the first
     * call of {@link #rightsChanged}.
     *
     * @param memory the budgets for links and for bodies
     * @param splitters creates a splitter of JSON messages for each loop
     * @param limits what subscriptions may use
     * @param quotas what those of each client and tenant may use; null for no limits
     * @param rights of the owners of subscriptions
     * @param bodies writes requests to webhooks
     * @param deliveries sends them
     * @param tokens signs and verifies tokens
     */
    public static StoredSubscriptions of(
            Shards shards,
            MemoryLedger memory,
            Supplier<JsonSplitter> splitters,
            SubscriptionLimits limits,
            @Nullable SubscriptionQuotas quotas,
            Rights rights,
            WakeBodies bodies,
            Deliveries deliveries,
            WakeTokens tokens) {
        return of(new SubscriptionServices(
                shards,
                new Watches(shards),
                new SubscriptionRoom(limits, memory.descriptions(), quotas),
                new JsonRoom(memory.splitting()),
                splitters,
                rights,
                bodies,
                deliveries,
                tokens,
                new RandomIds(),
                Clock.SYSTEM,
                Timers.OF_LOOPS,
                new AtomicBoolean(),
                SubscriptionServices.EVENTS_BYTES_MIN));
    }

    static StoredSubscriptions of(SubscriptionServices services) {
        return new StoredSubscriptions(services);
    }

    // ---- start ----

    /** Reads all logs, and serves the subscriptions; does not wait for it. The shards have started, and decide. */
    public void begin() {
        List<ShardSubscriptions> begun = services.shards().all().stream()
                .map(shard -> new ShardSubscriptions(shard, services))
                .toList();
        homes = begun;
        onEach(begun, (home, then) -> home.load(then), () -> watch(begun));
    }

    /** All logs are read: the shards report changes of streams from now on, and look at all their streams once. */
    private static void watch(List<ShardSubscriptions> begun) {
        List<Subscriber> loaded =
                begun.stream().flatMap(home -> home.loaded().stream()).toList();
        onEach(begun, (home, then) -> home.watch().start(loaded, then), () -> open(begun));
    }

    private static void open(List<ShardSubscriptions> begun) {
        onEach(begun, (home, then) -> home.open(), () -> {});
    }

    /**
     * Runs a step on the loop of each shard; {@code then} is run when all have run what they were given. It is not run if
     * they were closed before.
     */
    private static void onEach(
            List<ShardSubscriptions> begun, BiConsumer<ShardSubscriptions, Runnable> step, Runnable then) {
        AtomicInteger left = new AtomicInteger(begun.size());
        Runnable one = () -> {
            if (left.decrementAndGet() == 0) {
                then.run();
            }
        };
        begun.forEach(home -> home.shard().run(() -> {
            if (!home.isClosed()) {
                step.accept(home, one);
            }
        }));
    }

    @Override
    public void rightsChanged() {
        services.opened().set(true);
        homes.forEach(home -> home.shard().run(home::rightsChanged));
    }

    // ---- requests ----

    /** Executes a step on the loop of the shard that a subscription belongs to, after the tasks passed to it before. */
    private void at(String id, Callback<?> then, Consumer<ShardSubscriptions> step) {
        List<ShardSubscriptions> begun = homes;
        if (begun.isEmpty()) {
            then.refuse(ended);
            return;
        }
        int index;
        try {
            index = SubscriptionPaths.logOf(id).shard(begun.size());
        } catch (RefusedException e) {
            then.refuse(e.refusal());
            return;
        }
        at(begun.get(index), then, step);
    }

    private static void at(ShardSubscriptions home, Callback<?> then, Consumer<ShardSubscriptions> step) {
        onLoop(home, then, () -> home.request(then, () -> step.accept(home)));
    }

    private static void onLoop(ShardSubscriptions home, Callback<?> then, Runnable step) {
        try {
            home.shard().loop().execute(step);
        } catch (RejectedExecutionException e) {
            then.refuse(stopping());
        }
    }

    private static Refusal stopping() {
        return Refusal.of(ErrorCode.SHUTTING_DOWN, "the server is stopping");
    }

    /** Executes a request to a subscription after those that wait. */
    private void request(String id, Callback<?> then, Consumer<OwnedSubscription> begin) {
        at(id, then, home -> home.execute(id, then, begin));
    }

    @Override
    public void put(String id, SubscriptionSpec spec, SubscriptionOwner owner, Callback<Put> then) {
        at(id, then, home -> home.put(id, spec, owner, then));
    }

    @Override
    public void get(String id, LinkRange links, Callback<SubscriptionView> then) {
        at(id, then, home -> home.view(id, links, then));
    }

    @Override
    public void delete(String id, Callback<Boolean> then) {
        at(id, then, home -> home.delete(id, then));
    }

    @Override
    public void addStreams(String id, List<StreamPath> streams, Callback<Boolean> then) {
        request(id, then, subscription -> new Membership(subscription).add(streams, then));
    }

    @Override
    public void removeStream(String id, StreamPath stream, Callback<Boolean> then) {
        request(id, then, subscription -> new Membership(subscription).remove(stream, then));
    }

    @Override
    public void claim(String id, String worker, Callback<ClaimResult> then) {
        request(id, then, subscription -> new WorkerRequests(subscription).claim(worker, then));
    }

    @Override
    public void ack(String id, SubscriptionSpec.Kind kind, AckRequest request, Callback<Boolean> then) {
        request(id, then, subscription -> new WorkerRequests(subscription).ack(kind, request, then));
    }

    @Override
    public void release(String id, String token, String wakeId, long generation, Callback<Boolean> then) {
        request(id, then, subscription -> new WorkerRequests(subscription).release(token, wakeId, generation, then));
    }

    @Override
    public void seek(String id, StreamPath stream, ReadStart place, Callback<Boolean> then) {
        request(id, then, subscription -> new WorkerRequests(subscription).seek(stream, place, then));
    }

    // ---- all subscriptions ----

    @Override
    public void list(String prefix, @Nullable String after, int limit, Callback<Page> then) {
        List<ShardSubscriptions> begun = homes;
        if (begun.isEmpty()) {
            then.refuse(ended);
            return;
        }
        Merge<List<SubscriptionView>> merge =
                new Merge<>(begun.size(), pages -> then.complete(page(pages, limit)), then::refuse);
        begun.forEach(home -> at(home, merge, ready -> merge.complete(ready.list(prefix, after, limit + 1))));
    }

    private static Page page(List<List<SubscriptionView>> pages, int limit) {
        List<SubscriptionView> all = pages.stream()
                .flatMap(List::stream)
                .sorted(Comparator.comparing(SubscriptionView::id))
                .toList();
        return all.size() <= limit
                ? new Page(all, null)
                : new Page(all.subList(0, limit), all.get(limit - 1).id());
    }

    @Override
    public CompletableFuture<SubscriptionFigures> figures() {
        List<ShardSubscriptions> begun = homes;
        if (begun.isEmpty()) {
            return CompletableFuture.completedFuture(SubscriptionFigures.NONE);
        }
        CompletableFuture<SubscriptionFigures> sum = new CompletableFuture<>();
        Merge<SubscriptionFigures> merge = new Merge<>(
                begun.size(),
                each -> sum.complete(each.stream().reduce(SubscriptionFigures.NONE, SubscriptionFigures::plus)),
                refusal -> sum.complete(SubscriptionFigures.NONE));
        begun.forEach(home -> onLoop(home, merge, () -> home.figures(merge)));
        return sum;
    }

    /** Waits for one result of each shard; passes on the first refusal instead. Safe for use by any thread. */
    private static final class Merge<T> implements Callback<T> {
        private final List<T> results = new ArrayList<>();
        private final Consumer<List<T>> then;
        private final Consumer<Refusal> refused;
        private int left;

        Merge(int left, Consumer<List<T>> then, Consumer<Refusal> refused) {
            this.left = left;
            this.then = then;
            this.refused = refused;
        }

        @Override
        public void complete(T value) {
            boolean isLast;
            synchronized (this) {
                results.add(value);
                left--;
                isLast = left == 0;
            }
            if (isLast) {
                then.accept(results);
            }
        }

        @Override
        public void refuse(Refusal refusal) {
            boolean isFirst;
            synchronized (this) {
                isFirst = left > 0;
                left = -1;
            }
            if (isFirst) {
                refused.accept(refusal);
            }
        }
    }

    /** Ends all deliveries, and waits until each loop has done so; {@link #begin} may follow. The shards are still open. */
    public void end() {
        end(Refusal.of(
                ErrorCode.OUTCOME_UNKNOWN,
                "the member does not lead the cluster any more, and it is not known whether the request was executed"));
    }

    /** Refuses the requests that have come before with {@code reason}. */
    private void end(Refusal reason) {
        List<ShardSubscriptions> begun = homes;
        homes = List.of();
        List<CompletableFuture<Void>> closed = new ArrayList<>();
        for (ShardSubscriptions home : begun) {
            try {
                closed.add(CompletableFuture.runAsync(
                        () -> home.close(reason), home.shard().loop()));
            } catch (RejectedExecutionException e) {
                LOG.debug("the loop of a shard has ended already", e);
            }
        }
        closed.forEach(CompletableFuture::join);
    }

    @Override
    public void close() {
        ended = stopping();
        end(ended);
    }
}
