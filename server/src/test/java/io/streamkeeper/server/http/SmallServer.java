package io.streamkeeper.server.http;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.streamkeeper.server.config.ServerConfig;
import io.streamkeeper.server.forward.Forwarding;
import io.streamkeeper.server.http.route.Route;
import io.streamkeeper.server.http.route.Routes;
import io.streamkeeper.server.security.SecurityPolicy;
import io.streamkeeper.server.shard.MemoryStores;
import io.streamkeeper.server.shard.Shards;
import io.streamkeeper.server.subscription.SubscriptionParts;
import io.streamkeeper.server.wire.FrameClient;
import io.streamkeeper.server.wire.TestConnection;
import io.streamkeeper.storage.disk.Clock;
import io.streamkeeper.storage.memory.MemoryBudget;
import io.streamkeeper.storage.memory.MemoryLedger;
import io.streamkeeper.storage.memory.MemoryPlan;
import io.streamkeeper.storage.memory.ReadBudget;
import io.streamkeeper.storage.stream.ProducerLimits;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP server with one loop, streams in memory, and as little memory as a test wants; what is reserved can be seen.
 */
final class SmallServer implements AutoCloseable {
    static final String ROOT = "/v1/stream/";

    private static final int BODY_BYTES_MAX = 1 << 20;

    private final FailingAllocator allocator = new FailingAllocator();
    private final MemoryLedger memory;
    private final ReadBudget reads;
    private final EventLoopGroup loops =
            new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("small"), NioIoHandler.newFactory());
    private final Shards shards;
    private final HttpServer http;
    private final Channel listener;

    /** A server whose subscriptions are {@code subscriptions}; {@code policy} is null if everybody may do everything. */
    SmallServer(SubscriptionParts subscriptions, @Nullable SecurityPolicy policy) throws IOException {
        this(64, List.of(), Clock.SYSTEM, subscriptions, policy, null);
    }

    /** A member of a cluster. */
    SmallServer(Forwarding forwarding) throws IOException {
        this(64, List.of(), Clock.SYSTEM, null, null, forwarding);
    }

    /** A server with {@code mib} MiB of direct memory and as much heap, as far as it knows. */
    SmallServer(int mib) throws IOException {
        this(mib, List.of(), Clock.SYSTEM);
    }

    /** The same, which stores with the times of {@code clock}. */
    SmallServer(int mib, Clock clock) throws IOException {
        this(mib, List.of(), clock);
    }

    /** The same with the paths of {@code routes}, or those of a public listener where there are none. */
    SmallServer(int mib, List<Route> routes) throws IOException {
        this(mib, routes, Clock.SYSTEM);
    }

    private SmallServer(int mib, List<Route> routes, Clock clock) throws IOException {
        this(mib, routes, clock, null, null, null);
    }

    private SmallServer(
            int mib,
            List<Route> routes,
            Clock clock,
            @Nullable SubscriptionParts subscriptions,
            @Nullable SecurityPolicy policy,
            @Nullable Forwarding forwarding)
            throws IOException {
        long bytes = (long) mib << 20;
        memory = new MemoryLedger(MemoryPlan.ofMemory(bytes, bytes, 0));
        reads = new ReadBudget(memory.reads(), memory.plan().journalBytes() / 4);
        MemoryBudget streams = new MemoryBudget(memory.plan().journalBytes());
        shards = new Shards(new MemoryStores(1, streams, reads, ProducerLimits.DEFAULT, clock), loops);
        shards.start();
        http = TestHttpServer.of(
                ServerConfig.builder()
                        .root(ROOT)
                        .http(limits -> limits.bodyBytesMax(BODY_BYTES_MAX))
                        .build(),
                shards,
                memory,
                loops,
                subscriptions,
                policy,
                forwarding);
        Listener handler = routes.isEmpty()
                ? http.listener(ListenerKind.PUBLIC, HostRule.ANY, null)
                : new Listener(http, ListenerKind.PUBLIC, new Routes(routes, ROOT), HostRule.ANY);
        listener = new ServerBootstrap()
                .group(loops)
                .channel(NioServerSocketChannel.class)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(32 << 10, 128 << 10))
                .childOption(ChannelOption.SO_SNDBUF, 16 << 10)
                .childOption(ChannelOption.ALLOCATOR, allocator)
                .childHandler(handler)
                .bind("127.0.0.1", 0)
                .syncUninterruptibly()
                .channel();
    }

    MemoryLedger memory() {
        return memory;
    }

    ReadBudget reads() {
        return reads;
    }

    HttpServer http() {
        return http;
    }

    /** From now on there is no memory for the next things that connections write, or there is again. */
    void failToWrite(boolean fails) {
        allocator.fails = fails;
    }

    /** The URL, without a path, at which it listens. */
    String url() {
        return "http://127.0.0.1:" + ((InetSocketAddress) listener.localAddress()).getPort();
    }

    /** A connection of HTTP/2 that has begun. */
    FrameClient connectHttp2() throws IOException {
        return FrameClient.silent((InetSocketAddress) listener.localAddress(), false)
                .begin();
    }

    /** The same from another address of this machine. */
    FrameClient connectHttp2From(String address) throws IOException {
        return FrameClient.from(new InetSocketAddress(address, 0), (InetSocketAddress) listener.localAddress())
                .begin();
    }

    /** A connection whose kernel takes little for it. */
    TestConnection connect() throws IOException {
        return new TestConnection((InetSocketAddress) listener.localAddress(), 4 << 10);
    }

    /** Fails on request to allocate buffers for what is written. */
    private static final class FailingAllocator extends PooledByteBufAllocator {
        private volatile boolean fails;

        FailingAllocator() {
            super(true);
        }

        @Override
        public ByteBuf buffer(int initialCapacity) {
            if (fails) {
                throw new OutOfMemoryError("there is no memory for a test");
            }
            return super.buffer(initialCapacity);
        }
    }

    @Override
    public void close() {
        listener.close().syncUninterruptibly();
        http.stop();
        http.awaitConnectionsClosed(System.nanoTime());
        shards.close();
        loops.shutdownGracefully(0, 0, TimeUnit.NANOSECONDS).syncUninterruptibly();
    }
}
