package io.streamkeeper.server.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.protocol.leak.LeakRecorder;
import io.streamkeeper.server.DurableStreamsServer;
import io.streamkeeper.server.config.DataConfig;
import io.streamkeeper.server.config.HttpLimits;
import io.streamkeeper.server.config.ListenConfig;
import io.streamkeeper.server.config.LiveConfig;
import io.streamkeeper.server.config.ProducerConfig;
import io.streamkeeper.server.config.ServerConfig;
import io.streamkeeper.server.config.Transport;
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
 * Fuzzes a server in this JVM. {@code -Dfuzz.requests=1000000} sends more requests, {@code -Dfuzz.seed=S} repeats one session.
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
        return ServerConfig.defaults()
                .withListen(new ListenConfig("127.0.0.1", 0, Transport.AUTO, 3, 10_000))
                .withHttp(new HttpLimits(
                        8 << 10,
                        32 << 10,
                        FuzzWorld.BODY_BYTES_MAX,
                        8,
                        FuzzWorld.TIMEOUT_MILLIS,
                        FuzzWorld.TIMEOUT_MILLIS,
                        5_000))
                .withLive(new LiveConfig(100, 200, 200, 150))
                .withData(new DataConfig(
                        DataConfig.Durability.OS,
                        directory.resolve("data"),
                        false,
                        64 << 10,
                        150,
                        256 << 10,
                        ProducerConfig.defaults()));
    }
}
