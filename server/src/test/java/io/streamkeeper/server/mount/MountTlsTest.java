package io.streamkeeper.server.mount;

import static io.streamkeeper.server.mount.MountingServer.TEXT;
import static io.streamkeeper.server.mount.MountingServer.path;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A mount after a TLS handler, which sends bytes of its own when a connection ends. */
@Timeout(60)
class MountTlsTest {
    private static final char[] PASSWORD = "password".toCharArray();
    private static final String ENDED = "(end of TLS)";
    private static final int TIMEOUT_SECONDS = 20;

    @TempDir
    private Path folder;

    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private SslContext clients;
    private MountingServer server;

    @BeforeEach
    void start() throws Exception {
        KeyStore keys = keys();
        KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        own.init(keys, PASSWORD);
        TrustManagerFactory trusted = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trusted.init(keys);
        clients = SslContextBuilder.forClient()
                .trustManager(trusted)
                .endpointIdentificationAlgorithm(null)
                .build();
        SslContext servers = SslContextBuilder.forServer(own).build();
        server = MountingServer.started(
                MountingServer.config(config -> config.http(http -> http.bodyBytesMax(1 << 20))),
                pipeline -> pipeline.addBefore(
                        pipeline.context(HttpServerCodec.class).name(),
                        "tls",
                        servers.newHandler(pipeline.channel().alloc())));
    }

    /** A key and its certificate, made by the JDK's tool: the JDK has no interface for that. */
    private KeyStore keys() throws Exception {
        Path store = folder.resolve("keys.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        new String(PASSWORD),
                        "-alias",
                        "test",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=test")
                .redirectErrorStream(true)
                .start();
        String said = new String(keytool.getInputStream().readAllBytes(), US_ASCII);
        assertThat(keytool.waitFor()).as(said).isZero();
        try (InputStream in = Files.newInputStream(store)) {
            KeyStore keys = KeyStore.getInstance("PKCS12");
            keys.load(in, PASSWORD);
            return keys;
        }
    }

    @AfterEach
    void stop() {
        loops.shutdownGracefully(0, 0, TimeUnit.SECONDS).syncUninterruptibly();
        server.close();
    }

    /** Sends everything and takes what comes until the server closes; TLS must have ended before that. */
    private String exchange(String... sent) throws Exception {
        Collector collector = new Collector();
        Channel channel = new Bootstrap()
                .group(loops)
                .channel(NioSocketChannel.class)
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel made) {
                        made.pipeline().addLast(clients.newHandler(made.alloc()), collector);
                    }
                })
                .connect(server.address())
                .sync()
                .channel();
        for (String each : sent) {
            channel.writeAndFlush(Unpooled.copiedBuffer(each, US_ASCII));
        }
        return collector.all.get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    }

    private static final class Collector extends SimpleChannelInboundHandler<ByteBuf> {
        private final CompletableFuture<String> all = new CompletableFuture<>();
        private final StringBuilder received = new StringBuilder();

        @Override
        protected void channelRead0(ChannelHandlerContext ctx, ByteBuf bytes) {
            received.append(bytes.toString(US_ASCII));
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event instanceof SslCloseCompletionEvent closed && closed.isSuccess()) {
                received.append(ENDED);
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            all.complete(received.toString());
        }
    }

    @Test
    void bothSidesAnswerAndTheEndIsProper() throws Exception {
        String path = path();
        String all = exchange("PUT " + path + " HTTP/1.1\r\nHost: test\r\n" + TEXT + "\r\nContent-Length: 3\r\n\r\nabc"
                + "GET /hello HTTP/1.1\r\nHost: test\r\n\r\n"
                + "GET " + path + " HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n");
        assertThat(all).containsSubsequence("HTTP/1.1 201 ", "\r\n\r\nGET /hello ", "HTTP/1.1 200 ");
        assertThat(all).endsWith("\r\n\r\nabc" + ENDED);
    }

    @Test
    void aRefusalArrivesThoughTheClientIsStillSending() throws Exception {
        String all = exchange(
                "PUT " + path() + " HTTP/1.1\r\nHost: test\r\n" + TEXT + "\r\nContent-Length: 2000000\r\n\r\n",
                "x".repeat(1_999_999));
        assertThat(all)
                .startsWith("HTTP/1.1 413 ")
                .contains("\"body_too_large\"")
                .endsWith(ENDED);
    }
}
