package io.streamkeeper.server.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.protocol.leak.LeakRecorder;
import io.streamkeeper.server.DurableStreamsServer;
import io.streamkeeper.server.config.DataConfig;
import io.streamkeeper.server.config.ServerConfig;
import io.streamkeeper.server.wire.LoopGuard;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Fuzzes a server in this JVM. {@code -Dfuzz.requests=1000000} sends more requests, {@code -Dfuzz.seed=S} repeats one
 * session.
 */
class HttpFuzzTest {
    private static final int THREADS = 8;

    /** What must have happened in a run of the usual length: else the fuzzer does not reach it any more. */
    private static final List<String> REACHES = List.of(
            "gzip",
            "identity",
            "200",
            "201",
            "204",
            "304",
            "400",
            "404",
            "405",
            "409",
            "410",
            "413",
            "431",
            "414",
            "501",
            "end RESET",
            "end EVENTS",
            "end SILENT_HEAD",
            "end SILENT_BODY",
            "end OVERSIZED",
            "end CUT_AND_HALF_CLOSE",
            "end HALF_CLOSE",
            "end DAMAGED",
            "pace SLOW",
            "pace LAZY",
            "pace EAGER");

    @TempDir
    Path directory;

    @Test
    void everyRequestIsAnsweredInOrderOrItsConnectionEnds() throws Exception {
        long requestsMin = Long.getLong("fuzz.requests", 8_000);
        Long oneSeed = Long.getLong("fuzz.seed");
        LoopGuard.install();
        DurableStreamsServer server = DurableStreamsServer.start(config());
        try {
            FuzzWorld world = new FuzzWorld(server.address(), "/v1/stream/");
            if (oneSeed != null) {
                new FuzzSession(world, oneSeed).run();
            } else {
                runMany(world, requestsMin);
                assertThat(world.reached()).as("what the fuzzer reaches").containsKeys(REACHES.toArray(String[]::new));
            }
            world.checkControl();
        } finally {
            server.stop();
        }
        LoopGuard.assertNothingBlocked();
        LeakRecorder.assertNothingLeaked();
    }

    private static void runMany(FuzzWorld world, long requestsMin) throws Exception {
        AtomicLong seeds = new AtomicLong(Long.getLong("fuzz.firstSeed", 1));
        AtomicLong requests = new AtomicLong();
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            List<Future<?>> runs = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                runs.add(threads.submit(() -> {
                    while (requests.get() < requestsMin) {
                        requests.addAndGet(new FuzzSession(world, seeds.getAndIncrement()).run());
                    }
                }));
            }
            for (Future<?> run : runs) {
                run.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    /** Short timeouts, files that are rewritten all the time, and as many shards as make most requests change loops. */
    private ServerConfig config() {
        return ServerConfig.builder()
                .listen(listen -> listen.port(0).shards(3))
                .http(http -> http.bodyBytesMax(FuzzWorld.BODY_BYTES_MAX)
                        .inFlightRequestsMax(8)
                        .headerTimeoutMillis(FuzzWorld.TIMEOUT_MILLIS)
                        .bodyStallTimeoutMillis(FuzzWorld.TIMEOUT_MILLIS)
                        .idleTimeoutMillis(5_000))
                .live(live -> live.longPollTimeoutMillis(100)
                        .longPollTimeoutMillisMax(200)
                        .sseSessionMillis(200)
                        .sseKeepAliveMillis(150))
                .data(data -> data.durability(DataConfig.Durability.OS)
                        .directory(directory.resolve("data"))
                        .checkpointBytes(64 << 10)
                        .checkpointMillis(150)
                        .segmentBytes(256 << 10))
                .build();
    }
}
