package io.streamkeeper.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.streamkeeper.server.config.ServerConfig;
import io.streamkeeper.server.http.route.AnswerList;
import io.streamkeeper.server.http.route.Route;
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

/** What the paths of health return while a server runs and while it stops. */
class HealthTest {
    private static final long MEMORY = 64 << 20;

    private MultiThreadIoEventLoopGroup loops;
    private Shards shards;
    private HttpServer http;

    @BeforeEach
    void open() throws IOException {
        loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        shards = new Shards(TestStores.inMemory(1, MEMORY, Clock.SYSTEM), loops);
        http = TestHttpServer.of(
                ServerConfig.builder().build(),
                shards,
                new MemoryLedger(MemoryPlan.ofFiles(MEMORY, MEMORY, MEMORY)),
                List.of());
    }

    @AfterEach
    void close() {
        shards.close();
        loops.shutdownGracefully(0, 0, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private int status(ListenerKind listener, String path) {
        Route route = ServerRoutes.of(listener, http).find(path);
        assertThat(route).as(path).isNotNull();
        AnswerList answers = new AnswerList();
        route.handler().handle(null, answers);
        assertThat(answers.answers()).hasSize(1);
        answers.answers().get(0).release();
        return answers.answers().get(0).status();
    }

    @Test
    void aServerThatRunsIsReadyAndLiveOnBothListeners() {
        for (ListenerKind listener : ListenerKind.values()) {
            assertThat(status(listener, "/health")).isEqualTo(200);
            assertThat(status(listener, "/health/ready")).isEqualTo(200);
            assertThat(status(listener, "/health/live")).isEqualTo(200);
        }
    }

    @Test
    void aServerThatStopsIsLiveButNotReady() {
        http.stop();

        assertThat(status(ListenerKind.PUBLIC, "/health")).isEqualTo(503);
        assertThat(status(ListenerKind.PUBLIC, "/health/ready")).isEqualTo(503);
        assertThat(status(ListenerKind.PUBLIC, "/health/live")).isEqualTo(200);
    }
}
