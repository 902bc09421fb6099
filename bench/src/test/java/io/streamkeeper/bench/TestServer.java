package io.streamkeeper.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.bench.load.Target;
import io.streamkeeper.protocol.files.Identity;
import io.streamkeeper.server.DurableStreamsServer;
import io.streamkeeper.server.config.DataConfig.Durability;
import io.streamkeeper.server.config.ServerConfig;
import io.streamkeeper.server.config.TlsConfig;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A server in this process on a free port, which stores nothing. */
public final class TestServer implements AutoCloseable {
    private static final Pattern OPENED =
            Pattern.compile("streamkeeper_connections_opened_total\\{listener=\"public\"} ([0-9]+)");

    private final DurableStreamsServer server;

    private TestServer(DurableStreamsServer server) {
        this.server = server;
    }

    public static TestServer start() throws IOException {
        return start(tls -> {});
    }

    /** The same with TLS, and the {@link Identity} in {@code folder}. */
    public static TestServer start(Path folder) throws IOException {
        return start(
                tls -> tls.certificateFile(folder.resolve(Identity.CERTIFICATE).toString())
                        .keyFile(folder.resolve(Identity.KEY).toString()));
    }

    private static TestServer start(Consumer<TlsConfig.Builder> tls) throws IOException {
        return new TestServer(DurableStreamsServer.start(ServerConfig.builder()
                .data(data -> data.durability(Durability.MEMORY))
                .listen(listen -> listen.port(0).adminListen("127.0.0.1:0"))
                .tls(tls)
                .subscriptions(subscriptions -> subscriptions.localWebhooks(true))
                .build()));
    }

    /** The number of connections for requests that it has accepted. */
    public int connectionsOpened() throws IOException {
        InetSocketAddress admin = server.adminAddress().orElseThrow();
        URI metrics = URI.create("http://127.0.0.1:" + admin.getPort() + "/metrics");
        try (InputStream in = metrics.toURL().openStream()) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            Matcher found = OPENED.matcher(text);
            assertThat(found.find()).as(text).isTrue();
            return Integer.parseInt(found.group(1));
        }
    }

    public String url() {
        return server.url();
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
