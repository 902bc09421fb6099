package io.streamkeeper.server.mount;

import static io.streamkeeper.server.mount.MountingServer.TEXT;
import static io.streamkeeper.server.mount.MountingServer.path;
import static io.streamkeeper.server.wire.TestConnection.requestText;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.streamkeeper.server.wire.Answer;
import io.streamkeeper.server.wire.TestConnection;
import java.io.IOException;
import java.net.SocketException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Bodies on their way through pipelines of several kinds. */
@Timeout(60)
class MountBodyTest {
    private static final int BODY_BYTES_MAX = 6 << 20;
    private static final String LONG = "0123456789abcdef".repeat(5 << 16);
    private static final String CHUNKED = "\r\nTransfer-Encoding: chunked\r\n";

    /** What stands before the mount. */
    private enum Front implements MountingServer.Setup {
        NOTHING {
            @Override
            public void before(ChannelPipeline pipeline) {}
        },
        AGGREGATOR {
            @Override
            public void before(ChannelPipeline pipeline) {
                pipeline.addLast(new HttpObjectAggregator(2 * BODY_BYTES_MAX));
            }
        },
        /** The channel reads when the other handler says so. */
        READS_ON_DEMAND {
            @Override
            public void before(ChannelPipeline pipeline) {
                pipeline.channel().config().setAutoRead(false);
            }
        },
        /** Messages come in tasks of their own, and nobody says where a read ends. */
        TASKS {
            @Override
            public void before(ChannelPipeline pipeline) {
                pipeline.addLast(new ChannelInboundHandlerAdapter() {
                    @Override
                    public void channelRead(ChannelHandlerContext ctx, Object message) {
                        ctx.executor().execute(() -> ctx.fireChannelRead(message));
                    }

                    @Override
                    public void channelReadComplete(ChannelHandlerContext ctx) {}
                });
            }
        }
    }

    private MountingServer server;

    private void start(Front front) throws IOException {
        server = MountingServer.started(
                MountingServer.config(config -> config.http(http -> http.bodyBytesMax(BODY_BYTES_MAX))), front);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private static String head(String path, String fields) {
        return "PUT " + path + " HTTP/1.1\r\nHost: test\r\n" + TEXT + fields + "\r\n";
    }

    private static String chunks(String text, int size) {
        StringBuilder all = new StringBuilder();
        for (int from = 0; from < text.length(); from += size) {
            String chunk = text.substring(from, Math.min(text.length(), from + size));
            all.append(Integer.toHexString(chunk.length()))
                    .append("\r\n")
                    .append(chunk)
                    .append("\r\n");
        }
        return all.append("0\r\n\r\n").toString();
    }

    private String read(String path) {
        StringBuilder all = new StringBuilder();
        Answer page = server.get(path).is(200);
        all.append(page.text());
        while (!page.isUpToDate()) {
            page = server.get(path + "?offset=" + page.nextOffset()).is(200);
            all.append(page.text());
        }
        return all.toString();
    }

    @ParameterizedTest
    @EnumSource
    void aLongBodyWithALengthArrivesWhole(Front front) throws IOException {
        start(front);
        String path = path();
        try (TestConnection connection = server.connect()) {
            connection.exchange("PUT", path, LONG, TEXT).is(201);
            assertThat(connection.exchange("GET", "/hello", "").text()).isEqualTo("GET /hello ");
        }
        assertThat(read(path).equals(LONG)).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void aLongBodyInChunksArrivesWhole(Front front) throws IOException {
        start(front);
        String path = path();
        try (TestConnection connection = server.connect()) {
            connection.send(head(path, CHUNKED));
            connection.send(chunks(LONG, 100_000));
            connection.receive().is(201);
            connection.send(head(path, CHUNKED) + chunks("", 1) + requestText("GET", "/hello", ""));
            connection.receive().is(200);
            assertThat(connection.receive().text()).isEqualTo("GET /hello ");
        }
        assertThat(read(path).equals(LONG)).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void shortRequestsInOneSegmentAreTakenApart(Front front) throws IOException {
        start(front);
        String path = path();
        try (TestConnection connection = server.connect()) {
            connection.send(head(path, CHUNKED)
                    + chunks("abc", 1)
                    + requestText("POST", path, "def", TEXT)
                    + requestText("POST", "/hello", "ghi")
                    + requestText("GET", path, "")
                    + requestText("HEAD", path, "")
                    + requestText("GET", "/hello", ""));
            connection.receive().is(201);
            connection.receive().is(204);
            assertThat(connection.receive().text()).isEqualTo("POST /hello ghi");
            assertThat(connection.receive().text()).isEqualTo("abcdef");
            connection.input().answer(true).is(200);
            assertThat(connection.receive().text()).isEqualTo("GET /hello ");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aClientThatWaitsWithItsBodyIsToldToGoOn(Front front) throws IOException {
        start(front);
        String path = path();
        try (TestConnection connection = server.connect()) {
            connection.send(head(path, "\r\nContent-Length: 3\r\nExpect: 100-continue\r\n"));
            connection.receive().is(100);
            connection.send("abc");
            connection.receive().is(201);
        }
        assertThat(read(path)).isEqualTo("abc");
    }

    @ParameterizedTest
    @EnumSource
    void aBodyThatIsTooLargeIsRefusedWhileItIsSent(Front front) throws IOException {
        start(front);
        try (TestConnection connection = server.connect()) {
            int length = BODY_BYTES_MAX + 1;
            connection.send(head(path(), "\r\nContent-Length: " + length + "\r\n"));
            sendOn(connection, length);
            Answer refused = connection.receive().isError(413, "body_too_large");
            assertThat(refused.field("Connection")).isEqualTo("close");
            connection.assertEnds();
        }
        assertThat(server.takeSeen()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void aBodyOfChunksThatGetsTooLargeIsRefusedWhileItIsSent(Front front) throws IOException {
        start(front);
        try (TestConnection connection = server.connect()) {
            connection.send(head(path(), CHUNKED));
            for (int i = 0; i < 7; i++) {
                sendOn(connection, "100000\r\n" + "x".repeat(1 << 20) + "\r\n");
            }
            sendOn(connection, "0\r\n\r\n");
            connection.receive().isError(413, "body_too_large");
            connection.assertEnds();
        }
        assertThat(server.takeSeen()).isEmpty();
    }

    /** One whose bytes are answered by a reset at once may lose the refusal. */
    @Test
    void whatARefusedClientStillSendsIsTakenForAWhile() throws IOException {
        start(Front.NOTHING);
        long start = System.nanoTime();
        try (TestConnection connection = server.connect()) {
            connection.send(head(path(), "\r\nContent-Length: 999999999\r\n"));
            connection.receive().isError(413, "body_too_large");
            connection.assertEnds();
            assertThatThrownBy(() -> {
                        while (true) {
                            connection.send("x".repeat(1 << 10));
                        }
                    })
                    .isInstanceOf(SocketException.class);
        }
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(900));
    }

    @ParameterizedTest
    @EnumSource
    void aClientThatGoesMidwayLeavesNothing(Front front) throws IOException {
        start(front);
        String path = path();
        try (TestConnection connection = server.connect()) {
            connection.send(head(path, "\r\nContent-Length: 1000000\r\n") + "x".repeat(100_000));
        }
        try (TestConnection connection = server.connect()) {
            connection.send(head(path, CHUNKED) + "100000\r\n" + "x".repeat(100_000));
        }
        await().until(() ->
                server.outer().size() == 2 && server.outer().stream().noneMatch(each -> each.isOpen()));
        await().until(() -> server.inner().stream().noneMatch(each -> each.isRegistered()));
        server.get(path).is(404);
    }

    @ParameterizedTest
    @EnumSource(names = {"NOTHING", "READS_ON_DEMAND", "TASKS"})
    void aChunkThatCannotBeReadIsRefused(Front front) throws IOException {
        start(front);
        try (TestConnection connection = server.connect()) {
            connection.send(head(path(), CHUNKED) + "3\r\nabc\r\nfour\r\n");
            connection.receive().isError(400, "invalid_request");
            connection.assertEnds();
        }
    }

    private static void sendOn(TestConnection connection, int bytes) throws IOException {
        String block = "x".repeat(64 << 10);
        for (int sent = 0; sent < bytes; sent += block.length()) {
            sendOn(connection, block.substring(0, Math.min(block.length(), bytes - sent)));
        }
    }

    private static void sendOn(TestConnection connection, String text) throws IOException {
        try {
            connection.send(text);
        } catch (SocketException e) {
            // The server has had enough: what it said before is still to be read.
        }
    }
}
