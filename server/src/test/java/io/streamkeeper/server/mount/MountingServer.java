package io.streamkeeper.server.mount;

import static io.streamkeeper.server.wire.TestConnection.requestText;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.streamkeeper.protocol.leak.LeakRecorder;
import io.streamkeeper.server.config.ServerConfig;
import io.streamkeeper.server.http.HostRule;
import io.streamkeeper.server.http.HttpServer;
import io.streamkeeper.server.http.ListenerKind;
import io.streamkeeper.server.http.TestHttpServer;
import io.streamkeeper.server.shard.Shards;
import io.streamkeeper.server.shard.TestStores;
import io.streamkeeper.server.wire.Answer;
import io.streamkeeper.server.wire.EventReader;
import io.streamkeeper.server.wire.LoopGuard;
import io.streamkeeper.server.wire.TestConnection;
import io.streamkeeper.storage.disk.Clock;
import io.streamkeeper.storage.memory.MemoryLedger;
import io.streamkeeper.storage.memory.MemoryPlan;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Somebody's Netty server in which streams in memory are mounted: its loops, its codec and its handler are not
 * Streamkeeper's. As an extension, one for all tests of a class. When it has stopped, no buffer may have leaked, no
 * loop may have been blocked, and no thread may have logged a fault.
 */
final class MountingServer implements BeforeAllCallback, AfterAllCallback, AutoCloseable {
    static final String ROOT = "/api/streams/";
    static final String TEXT = "Content-Type: text/plain";
    static final String JSON = "Content-Type: application/json";

    private static final int SHARDS = 2;
    private static final int FOREIGN_LOOPS = 2;
    private static final long STOP_SECONDS = 5;
    private static final long QUIET_MILLIS = 1;
    private static final long MEMORY_BYTES = 256L << 20;
    private static final AtomicInteger PATHS = new AtomicInteger();

    private final ServerConfig config;
    private final Setup setup;
    private final List<Channel> outer = new CopyOnWriteArrayList<>();
    private final List<Channel> inner = new CopyOnWriteArrayList<>();
    private final Queue<String> seen = new ConcurrentLinkedQueue<>();
    private final BlockingQueue<Runnable> late = new LinkedBlockingQueue<>();
    private EventLoopGroup loops;
    private Shards shards;
    private HttpServer http;
    private final MemoryLedger memory =
            new MemoryLedger(MemoryPlan.ofFiles(4 * MEMORY_BYTES, 4 * MEMORY_BYTES, MEMORY_BYTES));
    private EventLoopGroup foreignLoops;
    private Channel listener;

    /** What is different in a foreign server. */
    interface Setup {
        /** Handlers between the codec and the mount, and options of the channel. */
        void before(ChannelPipeline pipeline);

        default IoHandlerFactory loops() {
            return NioIoHandler.newFactory();
        }

        default Class<? extends ServerChannel> sockets() {
            return NioServerSocketChannel.class;
        }
    }

    MountingServer(ServerConfig config, Setup setup) {
        this.config = config;
        this.setup = setup;
    }

    MountingServer() {
        this(config(), pipeline -> {});
    }

    static ServerConfig config() {
        return config(config -> {});
    }

    static ServerConfig config(Consumer<ServerConfig.Builder> change) {
        ServerConfig.Builder config = ServerConfig.builder().root(ROOT);
        change.accept(config);
        return config.build();
    }

    static MountingServer started(ServerConfig config, Setup setup) throws IOException {
        MountingServer server = new MountingServer(config, setup);
        server.start();
        return server;
    }

    private void start() throws IOException {
        LoopGuard.install();
        loops = loops(SHARDS, "streamkeeper-loop", NioIoHandler.newFactory());
        shards = new Shards(TestStores.inMemory(SHARDS, MEMORY_BYTES, Clock.SYSTEM), loops);
        http = TestHttpServer.of(sized(config), shards, memory, loops);
        shards.start();
        startForeignServer();
    }

    private static ServerConfig sized(ServerConfig config) {
        return config.http().bodyBytesMax() > 0
                ? config
                : config.toBuilder().http(http -> http.bodyBytesMax(64 << 20)).build();
    }

    private void startForeignServer() {
        // The name makes the guards look at these loops too.
        foreignLoops = loops(FOREIGN_LOOPS, "streamkeeper-loop-foreign", setup.loops());
        listener = new ServerBootstrap()
                .group(foreignLoops)
                .channel(setup.sockets())
                .childOption(ChannelOption.ALLOCATOR, ByteBufAllocator.DEFAULT)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        outer.add(channel);
                        channel.pipeline().addLast(new HttpServerCodec());
                        setup.before(channel.pipeline());
                        channel.pipeline().addLast(mount(), new OwnHandler(seen, late));
                    }
                })
                .bind("127.0.0.1", 0)
                .syncUninterruptibly()
                .channel();
    }

    private static EventLoopGroup loops(int count, String name, IoHandlerFactory handlers) {
        return new MultiThreadIoEventLoopGroup(count, new DefaultThreadFactory(name, true), handlers);
    }

    private MountHandler mount() {
        return new MountHandler(ROOT, new ChannelInitializer<Channel>() {
            @Override
            protected void initChannel(Channel channel) {
                inner.add(channel);
                channel.pipeline().addLast(http.listener(ListenerKind.PUBLIC, HostRule.ANY));
            }
        });
    }

    @Override
    public void beforeAll(ExtensionContext context) throws IOException {
        start();
    }

    @Override
    public void afterAll(ExtensionContext context) {
        close();
    }

    /** Stops Streamkeeper as its server does; the foreign server keeps running. */
    void stopStreams() {
        http.stop();
        http.awaitConnectionsClosed(System.nanoTime() + TimeUnit.SECONDS.toNanos(STOP_SECONDS));
    }

    /** Stops the foreign server whatever its connections wait for, and starts another one on other loops. */
    void restartForeignServer() {
        stopForeignServer();
        startForeignServer();
    }

    /** Without a quiet period, a loop of Netty 4.2 may end and leave its channels open. */
    private void stopForeignServer() {
        listener.close().syncUninterruptibly();
        foreignLoops
                .shutdownGracefully(QUIET_MILLIS, TimeUnit.SECONDS.toMillis(STOP_SECONDS), TimeUnit.MILLISECONDS)
                .syncUninterruptibly();
    }

    @Override
    public void close() {
        stopStreams();
        stopForeignServer();
        shards.close();
        loops.shutdownGracefully(0, STOP_SECONDS, TimeUnit.SECONDS).syncUninterruptibly();
        LoopGuard.assertNothingBlocked();
        LeakRecorder.assertNothingLeaked();
    }

    /** The channels of all connections, in their order. */
    List<Channel> outer() {
        return outer;
    }

    /** The channel of the connection that came last. */
    Channel lastOuter() {
        return outer.get(outer.size() - 1);
    }

    /** The channels that were made inside, in their order. */
    List<Channel> inner() {
        return inner;
    }

    Channel lastInner() {
        return inner.get(inner.size() - 1);
    }

    /** The requests that the other handler has seen since the last time, and faults that reached it. */
    List<String> takeSeen() {
        List<String> taken = new ArrayList<>();
        for (String each = seen.poll(); each != null; each = seen.poll()) {
            taken.add(each);
        }
        return taken;
    }

    /** Answers one request to {@link OwnHandler#LATE}, when it has come, on this thread. */
    void answerLate() throws InterruptedException {
        late.take().run();
    }

    Void answerLate(int count) throws InterruptedException {
        for (int i = 0; i < count; i++) {
            answerLate();
        }
        return null;
    }

    // ---- requests ----

    /** A target that no other test has. */
    static String path() {
        return ROOT + "s" + PATHS.incrementAndGet();
    }

    InetSocketAddress address() {
        return (InetSocketAddress) listener.localAddress();
    }

    TestConnection connect() {
        return connect(0);
    }

    TestConnection connect(int receiveBytes) {
        try {
            return new TestConnection(address(), receiveBytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Answer exchange(String method, String target, String body, String... fields) {
        try (TestConnection connection = connect()) {
            connection.send(requestText(method, target, body, fields));
            return connection.input().answer(method.equals("HEAD"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Answer get(String target, String... fields) {
        return exchange("GET", target, "", fields);
    }

    /** Creates a stream with first content; its path. */
    String create(String type, String body) {
        String path = path();
        exchange("PUT", path, body, type).is(201);
        return path;
    }

    /** Appends, and returns the tail after the append. */
    String append(String path, String body, String type) {
        return exchange("POST", path, body, type).is(204).nextOffset();
    }

    /** Requests events on a connection of its own. */
    EventReader events(String path, String offset) throws IOException {
        return connect().events(path + "?live=sse&offset=" + offset);
    }
}
