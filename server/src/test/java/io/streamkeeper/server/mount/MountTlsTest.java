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
import io.streamkeeper.protocol.files.Identity;
import io.streamkeeper.server.tls.Identities;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A mount after a TLS handler, which sends bytes of its own when a connection ends. */
@Timeout(60)
class MountTlsTest {
    private static final String ENDED = "(end of TLS)";
    private static final int TIMEOUT_SECONDS = 20;

    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private SslContext clients;
    private MountingServer server;

    @BeforeEach
    void start() throws Exception {
        Identity own = Identities.of("test");
        clients = SslContextBuilder.forClient()
                .trustManager(stream(own.certificatePem()))
                .endpointIdentificationAlgorithm(null)
                .build();
        SslContext servers = SslContextBuilder.forServer(stream(own.certificatePem()), stream(own.keyPem()))
                .build();
        server = MountingServer.started(
                MountingServer.config(config -> config.http(http -> http.bodyBytesMax(1 << 20))),
                pipeline -> pipeline.addBefore(
                        pipeline.context(HttpServerCodec.class).name(),
                        "tls",
                        servers.newHandler(pipeline.channel().alloc())));
    }

    private static InputStream stream(String text) {
        return new ByteArrayInputStream(text.getBytes(US_ASCII));
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
