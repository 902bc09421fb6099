package io.streamkeeper.server.subscription;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.streamkeeper.protocol.Body;
import io.streamkeeper.protocol.Command;
import io.streamkeeper.protocol.ContentType;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Expiry;
import io.streamkeeper.protocol.JsonSplitter;
import io.streamkeeper.protocol.LiveMode;
import io.streamkeeper.protocol.Offset;
import io.streamkeeper.protocol.Outcome;
import io.streamkeeper.protocol.Preconditions;
import io.streamkeeper.protocol.ReadStart;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.protocol.Retention;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.server.shard.JsonRoom;
import io.streamkeeper.server.shard.RandomIds;
import io.streamkeeper.server.shard.Shard;
import io.streamkeeper.server.shard.Shards;
import io.streamkeeper.storage.memory.Budget;
import io.streamkeeper.storage.shard.Callback;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Subscriptions over shards in memory on two loops, with deliveries that the test answers and a time that it moves. */
final class SubscriptionsRig implements AutoCloseable {
    static final SubscriptionOwner OWNER = new SubscriptionOwner("alice", true, List.of());
    static final String URL = "https://worker.example/hook";
    static final long LEASE = 30_000;

    final ManualTime time = new ManualTime();
    final ScriptedDeliveries deliveries = new ScriptedDeliveries();
    final Set<String> unreadable = ConcurrentHashMap.newKeySet();

    final Budget heap = new Budget("descriptions", 1L << 30);
    final RefusingStores stores;
    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
    private final Shards shards;
    private final long eventsBytesMin;
    private SubscriptionLimits limits = SubscriptionLimits.UNLIMITED;
    private Watches watches;
    private StoredSubscriptions subscriptions;

    SubscriptionsRig() throws IOException {
        this(3);
    }

    SubscriptionsRig(int shardCount) throws IOException {
        this(shardCount, SubscriptionServices.EVENTS_BYTES_MIN);
    }

    SubscriptionsRig(int shardCount, long eventsBytesMin) throws IOException {
        this.eventsBytesMin = eventsBytesMin;
        stores = new RefusingStores(shardCount);
        shards = new Shards(stores, loops);
        shards.start();
        start();
    }

    // ---- lifetimes ----

    private void start() {
        watches = new Watches(shards);
        subscriptions = StoredSubscriptions.of(new SubscriptionServices(
                shards,
                watches,
                new SubscriptionRoom(limits, heap, null),
                new JsonRoom(new Budget("splitting", 1L << 30)),
                JsonSplitter::new,
                new Subscriptions.Rights() {
                    @Override
                    public boolean mayRead(SubscriptionOwner owner, StreamPath path) {
                        return !unreadable.contains(path.value());
                    }

                    @Override
                    public boolean mayAppend(SubscriptionOwner owner, StreamPath path) {
                        return !unreadable.contains(path.value());
                    }
                },
                deliveries::body,
                deliveries,
                new TextTokens(),
                new RandomIds(),
                time,
                time,
                new AtomicBoolean(),
                eventsBytesMin));
        subscriptions.begin();
        subscriptions.rightsChanged();
    }

    /** The subscriptions end at once, and are read again from what is durable. */
    void restart() {
        subscriptions.close();
        start();
    }

    /** Restarts, and counts before all logs are read: in the turn of the loop that begins the start. */
    CompletableFuture<SubscriptionFigures> restartAndCount() {
        subscriptions.close();
        return CompletableFuture.supplyAsync(
                        () -> {
                            start();
                            return subscriptions.figures();
                        },
                        shards.all().get(0).loop())
                .thenCompose(figures -> figures);
    }

    void restart(SubscriptionLimits newLimits) {
        limits = newLimits;
        restart();
    }

    @Override
    public void close() {
        subscriptions.close();
        assertThat(heap.usedBytes()).as("heap that was not released").isZero();
        shards.close();
        loops.shutdownGracefully(0, 0, TimeUnit.SECONDS).syncUninterruptibly();
    }

    Subscriptions subscriptions() {
        return subscriptions;
    }

    Shards shards() {
        return shards;
    }

    int armedCount() {
        return shards.all().stream()
                .mapToInt(shard -> CompletableFuture.supplyAsync(
                                () -> watches.of(shard).armedCount(), shard.loop())
                        .join())
                .sum();
    }

    // ---- streams ----

    Outcome execute(Command command) {
        CompletableFuture<Outcome> outcome = new CompletableFuture<>();
        shards.of(command.path()).execute(command, 1 << 20, outcome::complete);
        return outcome.join();
    }

    private <T extends Outcome> T executed(Class<T> type, Command command) {
        Outcome outcome = execute(command);
        assertThat(outcome).isInstanceOf(type);
        return type.cast(outcome);
    }

    Offset create(String path, String... messages) {
        return create(Retention.none(), path, messages);
    }

    Offset create(Retention retention, String path, String... messages) {
        return executed(Outcome.Created.class, creation(retention, path, messages)).stream()
                .tail();
    }

    static Command.Create creation(Retention retention, String path, String... messages) {
        return new Command.Create(
                new StreamPath(path),
                ContentType.JSON,
                Expiry.never(),
                retention,
                false,
                null,
                Preconditions.NONE,
                messages.length == 0 ? Body.empty() : body(messages));
    }

    private static Body body(String... messages) {
        return new JsonSplitter()
                .split(Unpooled.wrappedBuffer(("[" + String.join(",", messages) + "]").getBytes(UTF_8)));
    }

    Offset append(String path, String... messages) {
        return executed(Outcome.Appended.class, appending(path, messages)).nextOffset();
    }

    static Command.Append appending(String path, String... messages) {
        return Command.Append.of(new StreamPath(path), ContentType.JSON, body(messages));
    }

    /** The position of the first byte that a stream keeps. */
    long earliest(String path) {
        return executed(Outcome.Described.class, new Command.Describe(new StreamPath(path))).stream()
                .earliest()
                .position();
    }

    void delete(String path) {
        executed(Outcome.Deleted.class, new Command.Delete(new StreamPath(path), Preconditions.NONE));
    }

    /** Drops what a stream has before a place. */
    void trim(String path, Offset offset) {
        Shard shard = shards.of(new StreamPath(path));
        CompletableFuture<Outcome> trimmed = new CompletableFuture<>();
        shard.loop()
                .execute(() -> shard.store().trimBefore(new StreamPath(path), offset.position(), trimmed::complete));
        assertThat(trimmed.join()).isNotInstanceOf(Refusal.class);
    }

    String read(String path) {
        Outcome.Chunk chunk = executed(
                Outcome.Chunk.class,
                new Command.Read(new StreamPath(path), new ReadStart.Beginning(), LiveMode.NONE, 0, null, null));
        try {
            return chunk.bytes().toString(UTF_8);
        } finally {
            chunk.bytes().release();
        }
    }

    // ---- requests ----

    static <T> T result(Consumer<Callback<T>> request) {
        CompletableFuture<T> result = new CompletableFuture<>();
        request.accept(
                Results.then(result::complete, refusal -> result.completeExceptionally(new RefusedException(refusal))));
        try {
            return result.orTimeout(20, TimeUnit.SECONDS).join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RefusedException refused) {
                throw refused;
            }
            throw e;
        }
    }

    static ErrorCode refused(ThrowingCallable request) {
        try {
            request.call();
        } catch (RefusedException e) {
            return e.refusal().code();
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
        throw new AssertionError("it is not refused");
    }

    static SubscriptionSpec webhook(String pattern, String... streams) {
        return new SubscriptionSpec(
                SubscriptionSpec.Kind.WEBHOOK,
                pattern == null ? null : Glob.parse(pattern),
                java.util.Arrays.stream(streams).sorted().map(StreamPath::new).toList(),
                URL,
                null,
                LEASE,
                null);
    }

    static SubscriptionSpec pull(String pattern, String wakeStream, String... streams) {
        return new SubscriptionSpec(
                SubscriptionSpec.Kind.PULL_WAKE,
                pattern == null ? null : Glob.parse(pattern),
                java.util.Arrays.stream(streams).sorted().map(StreamPath::new).toList(),
                null,
                new StreamPath(wakeStream),
                LEASE,
                null);
    }

    Subscriptions.Put put(String id, SubscriptionSpec spec) {
        return result(then -> subscriptions.put(id, spec, OWNER, then));
    }

    SubscriptionView get(String id) {
        return result(then -> subscriptions.get(id, then));
    }

    boolean deleted(String id) {
        return result(then -> subscriptions.delete(id, then));
    }

    boolean add(String id, List<StreamPath> streams) {
        return result(then -> subscriptions.addStreams(id, streams, then));
    }

    boolean remove(String id, String path) {
        return result(then -> subscriptions.removeStream(id, new StreamPath(path), then));
    }

    boolean release(Wake wake) {
        return result(
                then -> subscriptions.release(wake.subscription(), wake.token(), wake.id(), wake.generation(), then));
    }

    boolean seek(String id, String path, Offset offset) {
        return seek(id, path, new ReadStart.At(offset));
    }

    boolean seek(String id, String path, ReadStart place) {
        return result(then -> subscriptions.seek(id, new StreamPath(path), place, then));
    }

    Wake claim(String id, String worker) {
        ClaimResult claimed = result(then -> subscriptions.claim(id, worker, then));
        assertThat(claimed).isInstanceOf(ClaimResult.Claimed.class);
        return ((ClaimResult.Claimed) claimed).wake();
    }

    boolean ack(Wake wake, boolean done, Map<StreamPath, Offset> acks) {
        return result(then -> subscriptions.ack(
                wake.subscription(),
                SubscriptionSpec.Kind.PULL_WAKE,
                new AckRequest(wake.token(), wake.id(), wake.generation(), acks, done),
                then));
    }

    boolean callback(Wake wake, boolean done, Map<StreamPath, Offset> acks) {
        return result(then -> subscriptions.ack(
                wake.subscription(),
                SubscriptionSpec.Kind.WEBHOOK,
                new AckRequest(wake.token(), wake.id(), wake.generation(), acks, done),
                then));
    }

    /** Acknowledgements of the tails of a wake. */
    static Map<StreamPath, Offset> tails(Wake wake) {
        Map<StreamPath, Offset> tails = new java.util.HashMap<>();
        wake.links().forEach(link -> tails.put(new StreamPath(link.path()), link.tail()));
        return tails;
    }

    StreamLink link(String id, String path) {
        return get(id).links().stream()
                .filter(link -> link.path().equals(path))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no link " + path + " of " + id));
    }

    // ---- deliveries ----

    /** The request to a webhook with a number, counted from 0, when it was sent. */
    ScriptedDeliveries.Sent sent(int number) {
        eventually(() -> assertThat(deliveries.sent()).hasSizeGreaterThan(number));
        return deliveries.sent().get(number);
    }

    static void eventually(org.awaitility.core.ThrowingRunnable assertion) {
        await().pollInterval(Duration.ofMillis(5)).pollDelay(Duration.ZERO).untilAsserted(assertion);
    }

    /** Waits until all loops have done what they were given. */
    void settle() {
        for (int round = 0; round < 6; round++) {
            shards.all()
                    .forEach(shard ->
                            CompletableFuture.runAsync(() -> {}, shard.loop()).join());
        }
    }
}
