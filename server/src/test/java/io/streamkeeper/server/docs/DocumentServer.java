package io.streamkeeper.server.docs;

import io.streamkeeper.server.DurableStreamsServer;
import io.streamkeeper.server.config.ServerConfig;
import java.io.IOException;
import java.nio.file.Path;

/**
 * The server of all documents, with the defaults, except that it sends webhooks to this machine, and that its event streams
 * are shorter: they end after half a second, so that the commands end.
 */
final class DocumentServer implements AutoCloseable {
    private static final long SSE_SESSION_MILLIS = 500;

    private final Path data;
    private final DurableStreamsServer server;

    private DocumentServer(Path data, DurableStreamsServer server) {
        this.data = data;
        this.server = server;
    }

    /** Starts the server with its streams in a directory. */
    static DocumentServer start(Path data) throws IOException {
        ServerConfig config = ServerConfig.builder()
                .listen(listen -> listen.port(0).shards(1))
                .live(live -> live.sseSessionMillis(SSE_SESSION_MILLIS))
                .data(options -> options.directory(data))
                .subscriptions(subscriptions -> subscriptions.localWebhooks(true))
                .build();
        return new DocumentServer(data, DurableStreamsServer.start(config));
    }

    /** Its host and port. */
    String address() {
        return "127.0.0.1:" + server.address().getPort();
    }

    /** The directory of its streams. */
    Path data() {
        return data;
    }

    @Override
    public void close() {
        server.stop();
    }
}
