package io.streamkeeper.server.subscription.webhook;

import static org.awaitility.Awaitility.await;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.streamkeeper.server.config.PortRanges;
import io.streamkeeper.server.outbound.ClientTls;
import io.streamkeeper.server.outbound.ConnectionPool;
import io.streamkeeper.server.subscription.Deliveries.Attempt;
import io.streamkeeper.server.subscription.Deliveries.Result;
import io.streamkeeper.storage.memory.Budget;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** A client with two loops, whose attempts are made on the first one unless another is named. */
final class ClientRig implements AutoCloseable {
    static final long TIMEOUT_MILLIS = 10_000;
    static final byte[] BODY = "{\"wake_id\":\"w_1\"}".getBytes(StandardCharsets.UTF_8);

    final EventLoopGroup loops;
    final EventLoop loop;
    final StoredWebhookKeys keys = StoredWebhookKeys.inMemory(System::currentTimeMillis);
    final Queue<Runnable> rooms = new ConcurrentLinkedQueue<>();
    final Budget memory = new Budget("webhooks", 16 << 20);
    final WebhookClient client;
    private final ExecutorService workers = Executors.newFixedThreadPool(2);

    ClientRig(
            ClientTransport transport,
            boolean allowLocal,
            int deliveriesMax,
            NameLookups.Resolver resolver,
            @Nullable TrustManagerFactory trust) {
        this(transport, transport.channel, allowLocal, deliveriesMax, resolver, trust);
    }

    /** A client whose sockets are of a class. */
    ClientRig(
            ClientTransport transport,
            Class<? extends Channel> channel,
            boolean allowLocal,
            int deliveriesMax,
            NameLookups.Resolver resolver,
            @Nullable TrustManagerFactory trust) {
        loops = new MultiThreadIoEventLoopGroup(2, transport.handlers());
        loop = loops.next();
        keys.prepare(Runnable::run).join();
        client = new WebhookClient(
                new WebhookRules(allowLocal, PortRanges.parse(WebhookRules.DEFAULT_PORTS)),
                keys,
                workers,
                new NameLookups(resolver),
                new Connector(channel, new ClientTls(trust), workers),
                new WebhookBounds(deliveriesMax, ConnectionPool.ALL_MAX, 2),
                memory);
    }

    static ClientRig local(ClientTransport transport, int deliveriesMax) {
        return new ClientRig(transport, true, deliveriesMax, InetAddress::getAllByName, null);
    }

    /** Sends, and returns the result; it is cancelled if there is no room. */
    CompletableFuture<Result> send(String url) {
        return send(url, TIMEOUT_MILLIS);
    }

    CompletableFuture<Result> send(String url, long timeoutMillis) {
        CompletableFuture<Result> result = new CompletableFuture<>();
        loop.execute(() -> begin(loop, url, timeoutMillis, result));
        return result;
    }

    /** On {@code on}: begins an attempt; the result is cancelled if there is no room. */
    @Nullable
    Attempt begin(EventLoop on, String url, long timeoutMillis, CompletableFuture<Result> result) {
        boolean[] isLater = new boolean[1];
        Attempt attempt = client.send(
                on,
                url,
                BODY,
                timeoutMillis,
                ended -> {
                    if (!isLater[0] || !on.inEventLoop() || !result.complete(ended)) {
                        result.obtrudeException(new AssertionError("the result came at once, twice, or elsewhere"));
                    }
                },
                () -> rooms.remove().run());
        isLater[0] = true;
        if (attempt == null) {
            result.cancel(false);
        }
        return attempt;
    }

    /** Begins an attempt that can be cancelled. */
    Attempt attempt(String url, CompletableFuture<Result> result) {
        AtomicReference<@Nullable Attempt> begun = new AtomicReference<>();
        loop.submit(() -> begun.set(begin(loop, url, TIMEOUT_MILLIS, result))).syncUninterruptibly();
        return Objects.requireNonNull(begun.get());
    }

    /** Every attempt has returned its room. */
    void awaitNoneUnderWay() {
        await().until(() -> client.underWay() == 0 && memory.usedBytes() == 0);
    }

    @Override
    public void close() {
        client.close();
        keys.close();
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
        workers.shutdownNow();
    }
}
