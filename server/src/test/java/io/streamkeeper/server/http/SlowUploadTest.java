package io.streamkeeper.server.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.nio.NioIoHandler;
import io.streamkeeper.server.config.ServerConfig;
import io.streamkeeper.server.shard.Shards;
import io.streamkeeper.server.shard.TestStores;
import io.streamkeeper.storage.disk.Clock;
import io.streamkeeper.storage.memory.MemoryLedger;
import io.streamkeeper.storage.memory.MemoryPlan;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A request that takes longer to arrive than a connection may be idle. */
@Timeout(60)
class SlowUploadTest {
    private static final int STALL_MILLIS = 700;
    private static final int IDLE_MILLIS = 1_000;
    private static final long MEMORY = 1L << 24;

    private EventLoopGroup loops;
    private Shards shards;
    private EmbeddedChannel channel;

    @BeforeEach
    void start() throws IOException {
        loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        shards = new Shards(TestStores.inMemory(1, MEMORY, Clock.SYSTEM), loops);
        ServerConfig config = ServerConfig.builder()
                .http(http -> http.bodyBytesMax(1 << 20)
                        .inFlightRequestsMax(8)
                        .headerTimeoutMillis(STALL_MILLIS)
                        .bodyStallTimeoutMillis(STALL_MILLIS)
                        .idleTimeoutMillis(IDLE_MILLIS))
                .build();
        MemoryLedger memory = new MemoryLedger(MemoryPlan.ofFiles(MEMORY, MEMORY, MEMORY));
        channel = new EmbeddedChannel(
                TestHttpServer.of(config, shards, memory, List.of()).listener(ListenerKind.PUBLIC, HostRule.ANY));
        channel.freezeTime();
    }

    @AfterEach
    void stop() {
        channel.finishAndReleaseAll();
        shards.close();
        loops.shutdownGracefully(0, 0, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private void send(String text) {
        channel.writeInbound(Unpooled.copiedBuffer(text, US_ASCII));
    }

    private void sendSlowly(String text) {
        for (int i = 0; i < text.length(); i++) {
            channel.advanceTimeBy(STALL_MILLIS - 1, TimeUnit.MILLISECONDS);
            channel.runScheduledPendingTasks();
            send(text.substring(i, i + 1));
        }
    }

    private String response() {
        await().until(() -> {
            channel.runPendingTasks();
            return !channel.outboundMessages().isEmpty();
        });
        ByteBuf out = channel.readOutbound();
        String text = out.toString(US_ASCII);
        out.release();
        return text;
    }

    @Test
    void aBodyThatKeepsArrivingIsTakenHoweverLongItTakes() {
        send("PUT /v1/stream/a HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\nContent-Length: 10\r\n\r\n");
        sendSlowly("0123456789");
        assertThat(response()).startsWith("HTTP/1.1 201 ");

        send("POST /v1/stream/a HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n");
        sendSlowly("1\r\na\r\n0\r\n\r\n");
        assertThat(response()).startsWith("HTTP/1.1 204 ");
    }

    @Test
    void aConnectionThatStopsInsideABodyIsAnswered408() {
        send("PUT /v1/stream/a HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n1");
        channel.advanceTimeBy(STALL_MILLIS, TimeUnit.MILLISECONDS);
        channel.runScheduledPendingTasks();
        assertThat(response()).startsWith("HTTP/1.1 408 ");
    }

    @Test
    void aConnectionThatIsSilentBetweenTwoRequestsIsClosed() {
        send("HEAD /v1/stream/none HTTP/1.1\r\nHost: a\r\n\r\n");
        assertThat(response()).startsWith("HTTP/1.1 404 ");
        channel.advanceTimeBy(IDLE_MILLIS, TimeUnit.MILLISECONDS);
        channel.runScheduledPendingTasks();
        assertThat(channel.isOpen()).isFalse();
    }
}
