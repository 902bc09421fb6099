package io.streamkeeper.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpServerCodec;
import io.streamkeeper.client.api.Batch;
import io.streamkeeper.client.api.CreateOptions;
import io.streamkeeper.client.api.From;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A mount on streams that the program uses too; what a mounted connection does is tested in the package {@code mount}.
 */
@Timeout(60)
class DurableStreamsMountTest {
    private final HttpClient client = HttpClient.newHttpClient();
    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private DurableStreams streams;
    private DurableStreamsMount mount;
    private Channel listener;

    @BeforeEach
    void listen() throws Exception {
        streams = DurableStreams.inMemory();
        mount = DurableStreamsMount.at(streams, "/api/streams/");
        listener = new ServerBootstrap()
                .group(loops)
                .channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(new HttpServerCodec(), mount.newHandler());
                    }
                })
                .bind("127.0.0.1", 0)
                .sync()
                .channel();
    }

    @AfterEach
    void end() {
        streams.close();
        listener.close().syncUninterruptibly();
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    private HttpRequest.Builder request(String target) {
        int port = ((InetSocketAddress) listener.localAddress()).getPort();
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + target));
    }

    @Test
    void whatIsWrittenBelowItsPathIsInTheProgramsStreams() throws Exception {
        streams.create("a", CreateOptions.text()).join();
        CompletableFuture<Batch> waiting = streams.tail("a", From.now(), Duration.ofSeconds(50));
        HttpResponse<String> appended = client.send(
                request("/api/streams/a")
                        .header("Content-Type", "text/plain")
                        .POST(BodyPublishers.ofString("over HTTP"))
                        .build(),
                BodyHandlers.ofString());

        assertThat(appended.statusCode()).isEqualTo(204);
        assertThat(waiting.join().text()).isEqualTo("over HTTP");
        assertThat(client.send(request("/api/streams/a").build(), BodyHandlers.ofString())
                        .body())
                .isEqualTo("over HTTP");
    }

    @Test
    void closingTheStreamsEndsWhatWaitsOnIt() throws Exception {
        streams.create("a", CreateOptions.text()).join();
        HttpResponse<InputStream> events =
                client.send(request("/api/streams/a?offset=-1&live=sse").build(), BodyHandlers.ofInputStream());

        streams.close();

        assertThat(new String(events.body().readAllBytes(), UTF_8)).contains("\n\nevent: control\n");
        assertThatIllegalStateException().isThrownBy(() -> DurableStreamsMount.at(streams, "/x/"));
    }

    @Test
    void aPathBeginsAndEndsWithASlash() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DurableStreamsMount.at(streams, "streams"))
                .withMessageContaining("streams");
    }
}
