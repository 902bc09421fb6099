package io.streamkeeper.server.listen;

import io.netty.util.concurrent.DefaultThreadFactory;
import io.streamkeeper.protocol.files.TestFolders;
import io.streamkeeper.protocol.leak.LeakRecorder;
import io.streamkeeper.server.DurableStreams;
import io.streamkeeper.server.DurableStreamsServer;
import io.streamkeeper.server.config.ServerConfig;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Streams in this JVM, and a server on them, for all tests of a class. Sessions and polls are short and checkpoints
 * frequent, so that every listener meets many of them. When it is closed, no buffer may have leaked.
 */
final class ListenServer implements BeforeAllCallback, AfterAllCallback {
    static final int READ_BYTES_MAX = 64 << 10;

    private static final AtomicInteger PATHS = new AtomicInteger();

    private ExecutorService executor;
    private Path directory;
    private DurableStreams streams;
    private DurableStreamsServer server;

    @Override
    public void beforeAll(ExtensionContext context) throws IOException {
        executor = Executors.newCachedThreadPool(new DefaultThreadFactory("listener", true));
        directory = TestFolders.create("data");
        streams = DurableStreams.open(
                ServerConfig.builder()
                        .listen(listen -> listen.port(0).shards(2))
                        .live(live -> live.longPollTimeoutMillis(400)
                                .longPollTimeoutMillisMax(400)
                                .sseSessionMillis(700)
                                .sseKeepAliveMillis(200))
                        .read(read -> read.readBytesMax(READ_BYTES_MAX))
                        .data(data -> data.directory(directory)
                                .checkpointBytes(64 << 10)
                                .checkpointMillis(150)
                                .segmentBytes(256 << 10))
                        .build(),
                executor);
        server = DurableStreamsServer.start(streams);
    }

    @Override
    public void afterAll(ExtensionContext context) {
        streams.close();
        executor.shutdown();
        TestFolders.remove(directory);
        LeakRecorder.assertNothingLeaked();
    }

    DurableStreams streams() {
        return streams;
    }

    /** Has a thread for each listener that blocks. */
    Executor executor() {
        return executor;
    }

    URI url() {
        return URI.create(server.url());
    }

    int port() {
        return server.address().getPort();
    }

    /** A path that no other test uses. */
    static String path() {
        return "a b/ü" + PATHS.incrementAndGet();
    }
}
