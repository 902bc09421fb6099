package io.streamkeeper.bench.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ChurnWorkloadTest {
    private static final int CONNECTIONS = 4;
    private static final long LIVE_BYTES = 256 << 10;

    private final ChurnTally tally = new ChurnTally();
    private final Map<String, Long> streams = new HashMap<>();

    @Test
    void liveBytesStayAboutConstantAndEqualThoseOfTheServer() {
        ChurnWorkload workload = new ChurnWorkload(config(0), CONNECTIONS, tally);
        run(workload, 20_000);
        for (int round = 0; round < 20; round++) {
            run(workload, 2_000);
            assertThat(tally.liveUserBytes()).isBetween(LIVE_BYTES * 6 / 10, LIVE_BYTES * 14 / 10);
        }
        long kept = streams.values().stream().mapToLong(Long::longValue).sum();
        assertThat(tally.liveUserBytes()).isEqualTo(kept);
        assertThat(tally.refusals()).isZero();
        assertThat(tally.streamsRead()).isPositive();
        assertThat(tally.streamsReadWrong()).isZero();
        assertThat(tally.writtenUserBytes()).isGreaterThan(20 * LIVE_BYTES);
    }

    @Test
    void expiringStreamsAreNotDeleted() {
        ChurnWorkload workload = new ChurnWorkload(config(100), CONNECTIONS, tally);
        run(workload, 10_000);
        long kept = streams.values().stream().mapToLong(Long::longValue).sum();
        assertThat(tally.writtenUserBytes()).isEqualTo(kept);
        assertThat(tally.refusals()).isZero();
    }

    @Test
    void readsDetectLoss() {
        ChurnWorkload workload = new ChurnWorkload(config(0), CONNECTIONS, tally);
        run(workload, 20_000);
        streams.replaceAll((path, bytes) -> 0L);
        run(workload, 20_000);
        assertThat(tally.streamsReadWrong()).isPositive();
    }

    @Test
    void maximumBelowTheMinimumIsRefused() {
        assertThatThrownBy(() -> new ChurnConfig(1, 1, 9, 8, 0, 0, 1))
                .hasMessageContaining("--appends-min is 9 and --appends-max 8");
    }

    private static ChurnConfig config(int expiringPercent) {
        return new ChurnConfig(LIVE_BYTES, 256, 12, 60, 20, expiringPercent, 3600);
    }

    /** Sends requests to a simulated server. */
    private void run(ChurnWorkload workload, int requests) {
        ByteBuf out = Unpooled.directBuffer();
        try {
            for (int i = 0; i < requests; i++) {
                out.clear();
                assertThat(workload.next(i % CONNECTIONS, out)).isTrue();
                answer(workload, i % CONNECTIONS, out.toString(StandardCharsets.ISO_8859_1));
            }
        } finally {
            out.release();
        }
    }

    private void answer(ChurnWorkload workload, int connection, String request) {
        String[] words = request.split("[ ?]", 3);
        switch (words[0]) {
            case "PUT" -> {
                assertThat(streams.put(words[1], 0L)).isNull();
                workload.answered(connection, 201, 0);
            }
            case "POST" -> {
                streams.merge(words[1], 256L, Long::sum);
                workload.answered(connection, 204, 0);
            }
            case "GET" -> workload.answered(connection, 200, streams.get(words[1]));
            default -> {
                assertThat(streams.remove(words[1])).isNotNull();
                workload.answered(connection, 204, 0);
            }
        }
    }
}
