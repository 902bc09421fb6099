package io.streamkeeper.bench;

import io.streamkeeper.bench.load.Target;
import io.streamkeeper.server.DurableStreamsServer;
import io.streamkeeper.server.config.DataConfig.Durability;
import io.streamkeeper.server.config.ServerConfig;
import java.io.IOException;

/** A server in this process on a free port, which stores nothing. */
public final class TestServer implements AutoCloseable {
    private final DurableStreamsServer server;

    private TestServer(DurableStreamsServer server) {
        this.server = server;
    }

    public static TestServer start() throws IOException {
        return new TestServer(DurableStreamsServer.start(ServerConfig.builder()
                .data(data -> data.durability(Durability.MEMORY))
                .listen(listen -> listen.port(0))
                .build()));
    }

    public Target target() {
        return Target.of(server.url());
    }

    /** The argument that describes it as a peer of this name. */
    public String peer(String name) {
        return name + "=" + server.url() + ",pid=" + ProcessHandle.current().pid();
    }

    @Override
    public void close() {
        server.close();
    }
}
