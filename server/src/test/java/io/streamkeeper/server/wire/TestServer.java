package io.streamkeeper.server.wire;

import static io.streamkeeper.server.wire.TestConnection.requestText;

import io.netty.channel.epoll.Epoll;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.protocol.files.TestFolders;
import io.streamkeeper.protocol.leak.LeakRecorder;
import io.streamkeeper.server.DurableStreamsServer;
import io.streamkeeper.server.config.DataConfig;
import io.streamkeeper.server.config.DataConfig.Durability;
import io.streamkeeper.server.config.ServerConfig;
import io.streamkeeper.server.config.TlsConfig;
import io.streamkeeper.server.config.Transport;
import io.streamkeeper.server.metrics.Metric;
import io.streamkeeper.server.metrics.MetricsSnapshot;
import io.streamkeeper.server.tls.Identities;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A server in this JVM on a free port: as an extension, one for all tests of a class. When it has stopped, no buffer
 * may have leaked, no loop may have been blocked, and no thread of it may have logged a fault.
 *
 * <p>Each request goes over a connection of its own, so that over time every loop meets every shard.
 */
final class TestServer implements BeforeAllCallback, AfterAllCallback, AutoCloseable {
    static final String ROOT = "/v1/stream/";
    static final int SHARDS = 3;
    static final String TEXT = "Content-Type: text/plain";
    static final String JSON = "Content-Type: application/json";
    static final String BINARY = "Content-Type: application/octet-stream";

    private static final int METRICS_SECONDS_MAX = 30;

    private static final AtomicInteger PATHS = new AtomicInteger();

    /** The setting of the initial window of streams. */
    private static final int INITIAL_WINDOW = 4;

    private final ServerConfig config;
    private DurableStreamsServer server;
    private boolean speaksHttp2 = Boolean.getBoolean("streamkeeper.http2");

    TestServer(ServerConfig config) {
        this.config = config;
    }

    /** The defaults, on a free port with a few shards. */
    static ServerConfig config() {
        return config(Transport.AUTO);
    }

    static ServerConfig config(Transport transport) {
        return config(config -> config.listen(listen -> listen.transport(transport)));
    }

    /** The configuration of most tests, with a change. */
    static ServerConfig config(Consumer<ServerConfig.Builder> change) {
        ServerConfig.Builder config = ServerConfig.builder()
                .listen(listen -> listen.port(0).shards(SHARDS).adminListen("none"))
                .tls(TestServer::onIfRequested)
                .data(TestServer::keptInNewDirectory);
        change.accept(config);
        return config.build();
    }

    /**
     * Streams in files of a new directory, which checkpoints rewrite continuously, so that reads use memory and files
     * alike; with {@code -Dstreamkeeper.durability=memory} or {@code os}, so.
     */
    private static void keptInNewDirectory(DataConfig.Builder data) {
        Durability durability = Durability.valueOf(
                System.getProperty("streamkeeper.durability", "fsync").toUpperCase(Locale.ROOT));
        data.durability(durability)
                .directory(TestFolders.create("data"))
                .checkpointBytes(64 << 10)
                .checkpointMillis(150)
                .segmentBytes(256 << 10);
    }

    /** TLS for all tests with {@code -Dstreamkeeper.tls=true}. */
    private static void onIfRequested(TlsConfig.Builder tls) {
        if (Boolean.getBoolean("streamkeeper.tls")) {
            on(tls);
        }
    }

    /** TLS with a certificate that is made for tests. */
    static void on(TlsConfig.Builder tls) {
        try {
            Path folder = TestFolders.create("tls");
            Identities.of("localhost").write(folder);
            tls.certificateFile(folder.resolve("cert.pem").toString())
                    .keyFile(folder.resolve("key.pem").toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The transports that this machine has. */
    static Stream<Transport> transports() {
        return Stream.of(Transport.NIO, Transport.EPOLL)
                .filter(transport -> transport != Transport.EPOLL || Epoll.isAvailable());
    }

    static TestServer started(ServerConfig config) throws IOException {
        TestServer server = new TestServer(config);
        server.start();
        return server;
    }

    private void start() throws IOException {
        LoopGuard.install();
        server = DurableStreamsServer.start(config);
    }

    /** The value of a metric, or the sum of its series where no labels are given. */
    long metric(Metric metric, String... labels) throws Exception {
        return metrics().value(metric, labels);
    }

    /** Bytes that are reserved in a budget, which must exist. */
    long used(String budget) throws Exception {
        MetricsSnapshot metrics = metrics();
        if (metrics.value(Metric.BUDGET_LIMIT_BYTES, budget) == 0) {
            throw new AssertionError("there is no budget " + budget);
        }
        return metrics.value(Metric.BUDGET_USED_BYTES, budget);
    }

    MetricsSnapshot metrics() throws Exception {
        return server.streams().metrics().get(METRICS_SECONDS_MAX, TimeUnit.SECONDS);
    }

    /** Stops the server and starts it again with the same streams; where they are in memory only, nothing is done. */
    void restart() throws IOException {
        if (config.data().durability() != Durability.MEMORY) {
            server.stop();
            server = DurableStreamsServer.start(config);
        }
    }

    @Override
    public void beforeAll(ExtensionContext context) throws IOException {
        start();
    }

    @Override
    public void afterAll(ExtensionContext context) {
        close();
    }

    /** Stops the server, which must not have leaked or blocked. */
    @Override
    public void close() {
        speaksHttp2 = Boolean.getBoolean("streamkeeper.http2");
        server.stop();
        TestFolders.remove(config.data().directory());
        LoopGuard.assertNothingBlocked();
        LeakRecorder.assertNothingLeaked();
    }

    boolean isTls() {
        return config.tls().isOn();
    }

    /** Whether {@link #exchange} uses HTTP/2: for all tests with {@code -Dstreamkeeper.http2=true}. */
    boolean speaksHttp2() {
        return speaksHttp2;
    }

    /** From now on {@link #exchange} uses HTTP/2. */
    void speakHttp2() {
        speaksHttp2 = true;
    }

    DurableStreamsServer server() {
        return server;
    }

    // ---- paths ----

    /** A target that no other test has. */
    static String path() {
        return ROOT + "s" + PATHS.incrementAndGet();
    }

    /** A target that no other test has, in the given shard. */
    static String path(int shard) {
        while (true) {
            String path = path();
            if (new StreamPath(path.substring(ROOT.length())).shard(SHARDS) == shard) {
                return path;
            }
        }
    }

    // ---- requests ----

    TestConnection connect() {
        try {
            return connect(0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    TestConnection connect(int receiveBytes) throws IOException {
        return new TestConnection(
                server.address(),
                receiveBytes,
                config.tls().isOn() ? Identities.client(null).getSocketFactory() : null);
    }

    /** A connection without TLS, whatever the server expects. */
    TestConnection connectPlain() {
        try {
            return new TestConnection(server.address());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Answer exchange(String method, String target, String body, String... fields) {
        if (speaksHttp2) {
            return exchangeOverHttp2(method, target, body, fields);
        }
        try (TestConnection connection = connect()) {
            connection.send(requestText(method, target, body, fields));
            return connection.input().answer(method.equals("HEAD"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Answer exchangeOverHttp2(String method, String target, String body, String... fields) {
        try (FrameClient client = FrameClient.begun(this, INITIAL_WINDOW, Integer.MAX_VALUE)) {
            client.window(0, 1 << 30);
            return client.exchange(1, method, target, body.isEmpty() ? null : body, fields);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Answer put(String target, String body, String... fields) {
        return exchange("PUT", target, body, fields);
    }

    Answer post(String target, String body, String... fields) {
        return exchange("POST", target, body, fields);
    }

    Answer get(String target, String... fields) {
        return exchange("GET", target, "", fields);
    }

    Answer head(String target) {
        return exchange("HEAD", target, "");
    }

    Answer delete(String target) {
        return exchange("DELETE", target, "");
    }

    /** Creates a stream with {@code type}, which is a whole field line, and first content; its path. */
    String create(String type, String body, String... fields) {
        String path = path();
        createAt(path, type, body, fields);
        return path;
    }

    /** Creates the stream; its tail. */
    String createAt(String path, String type, String body, String... fields) {
        String[] all = Stream.concat(Stream.of(type), Stream.of(fields)).toArray(String[]::new);
        return put(path, body, all).is(201).nextOffset();
    }

    /** Appends text; returns the tail after it. */
    String append(String path, String body) {
        return post(path, body, TEXT).is(204).nextOffset();
    }

    String appendJson(String path, String body) {
        return post(path, body, JSON).is(204).nextOffset();
    }

    void closeStream(String path) {
        post(path, "", "Stream-Closed: true").is(204);
    }

    /** Requests events on a connection of its own. */
    EventReader events(String path, String offset, String... fields) throws IOException {
        return connect().events(path + "?live=sse&offset=" + offset, fields);
    }
}
