package io.streamkeeper.bench.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamkeeper.bench.TestServer;
import io.streamkeeper.bench.load.Measurement;
import io.streamkeeper.bench.load.Target;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The workloads with live reads, on a server in this process. */
final class LiveReadTest {
    private static final long NANOS = TimeUnit.MILLISECONDS.toNanos(400);
    private static final Spec MIXED = Kind.MIXED.defaults().at(1_000);

    private TestServer server;
    private Target target;

    @BeforeEach
    void start() throws IOException {
        server = TestServer.start();
        target = server.target();
    }

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void mixedMeasuresAppendsDeliveriesAndReadsApart() throws Exception {
        try (Scenario scenario = Kind.MIXED.newScenario(target, MIXED)) {
            scenario.prepare();
            for (int run = 0; run < 2; run++) {
                Result result = Result.measure(scenario, 0, NANOS, false);
                assertThat(result.errors()).isZero();
                assertThat(result.all().stream().map(Part::name)).containsExactly("appends", "deliveries", "reads");
                assertThat(counts(result).get(0)).isEqualTo(400);
                assertThat(counts(result).get(1)).isEqualTo(400);
                Measurement reads = result.all().get(2).measured();
                assertThat(reads.receivedBytes())
                        .isGreaterThanOrEqualTo(reads.count() * MixedScenario.PRELOADED * MIXED.bodyBytes());
                assertThat(result.count()).isEqualTo(800 + reads.count());
            }
        }
    }

    @Test
    void eachSubscriberOfAStreamGetsEachOfItsMessages() throws Exception {
        Spec spec = new Spec(3, 3, 100, 1, true, 300, new Spec.Readers(0, 7, true));
        try (Scenario scenario = Kind.MIXED.newScenario(target, spec)) {
            Result result = Result.measure(scenario, 0, NANOS, false);
            assertThat(result.errors()).isZero();
            assertThat(counts(result)).containsExactly(120L, 40L * 7);
        }
    }

    @Test
    void mixedWithoutReadersMeasuresAppendsAlone() throws Exception {
        Spec spec = MIXED.with(new Spec.Readers(0, 0, false)).at(0);
        try (Scenario scenario = Kind.MIXED.newScenario(target, spec)) {
            Result result = Result.measure(scenario, 0, NANOS, false);
            assertThat(result.errors()).isZero();
            assertThat(counts(result)).hasSize(1);
        }
    }

    @Test
    void severalProducersOfOneStreamAreRefused() {
        Spec spec = new Spec(3, 4, 100, 1, true, 300, new Spec.Readers(0, 0, false));
        assertThatThrownBy(() -> Kind.MIXED.newScenario(target, spec)).hasMessageContaining("4 writers of 3 streams");
    }

    @ParameterizedTest
    @ValueSource(strings = {"sse", "long-poll"})
    void everyMessageArrivesAtEveryLiveReader(String title) throws Exception {
        Kind kind = Kind.ALL.stream()
                .filter(each -> each.title().equals(title))
                .findFirst()
                .orElseThrow();
        try (Scenario scenario = kind.newScenario(target, Spec.of(2, 6, 256).at(100))) {
            scenario.prepare();
            Result result = Result.measure(scenario, 0, NANOS, false);
            assertThat(result.errors()).isZero();
            assertThat(result.measured().count()).isEqualTo(40L * 3);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 100})
    void everyMessageArrivesAtEveryReaderOfManyStreams(int rate) throws Exception {
        for (int streams : new int[] {1, 300}) {
            try (Scenario scenario =
                    Kind.SSE_MANY.newScenario(target, Spec.of(streams, 3, 256).at(rate))) {
                scenario.prepare();
                Result result = Result.measure(scenario, 0, NANOS, false);
                assertThat(result.errors()).isZero();
                assertThat(result.measured().count() % 3).isZero();
                assertThat(result.measured().count()).isGreaterThanOrEqualTo(rate == 0 ? 3 : 40L * 3);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 500})
    void webhooksNameEveryAppend(int rate) throws Exception {
        try (Scenario scenario =
                Kind.WEBHOOKS.newScenario(target, Spec.of(20, 4, 100).at(rate))) {
            scenario.prepare();
            for (int run = 0; run < 2; run++) {
                Result result = Result.measure(scenario, 0, NANOS, false);
                assertThat(result.errors()).isZero();
                assertThat(result.all().stream().map(Part::name)).containsExactly("webhooks", "appends");
                long appends = counts(result).get(1);
                assertThat(appends).isGreaterThanOrEqualTo(rate == 0 ? 20 : 200);
                // A webhook may name several appends.
                assertThat(counts(result).get(0)).isBetween(20L, appends);
            }
        }
    }

    private static List<Long> counts(Result result) {
        return result.all().stream().map(part -> part.measured().count()).toList();
    }
}
