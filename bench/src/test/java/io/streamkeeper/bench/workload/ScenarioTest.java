package io.streamkeeper.bench.workload;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.bench.load.Target;
import io.streamkeeper.bench.peer.FloorServer;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The workloads without live reads, on the floor server. */
final class ScenarioTest {
    private static final long NANOS = TimeUnit.MILLISECONDS.toNanos(300);

    @ParameterizedTest
    @ValueSource(strings = {"append", "create", "read-hot", "catch-up", "churn", "sustained"})
    void everyRequestIsAnswered(String title) throws Exception {
        Kind kind = Kind.ALL.stream()
                .filter(each -> each.title().equals(title))
                .findFirst()
                .orElseThrow();
        try (FloorServer server = FloorServer.start(0);
                Scenario scenario = kind.newScenario(new Target(server.address(), "/"), kind.defaults())) {
            scenario.prepare();
            Result result = Result.measure(scenario, ProcessHandle.current().pid(), NANOS, false);
            assertThat(result.errors()).isZero();
            assertThat(result.measured().count()).isPositive();
            assertThat(result.serverSeconds()).isPositive();
        }
    }

    @Test
    void catchUpReadsWholeStreams() throws Exception {
        try (FloorServer server = FloorServer.start(0);
                Scenario scenario =
                        Kind.CATCH_UP.newScenario(new Target(server.address(), "/"), Spec.of(2, 3, 3 << 20))) {
            scenario.prepare();
            Result result = Result.measure(scenario, 0, NANOS, false);
            assertThat(result.measured().receivedBytes())
                    .isEqualTo(result.measured().count() * (3L << 20));
        }
    }

    @Test
    void appendsOfProducersSucceed() throws Exception {
        Spec spec = new Spec(7, 3, 256, 4, true, 0, new Spec.Readers(0, 0, false));
        try (FloorServer server = FloorServer.start(0);
                Scenario scenario = Kind.APPEND.newScenario(new Target(server.address(), "/"), spec)) {
            scenario.prepare();
            assertThat(Result.measure(scenario, 0, NANOS, false).errors()).isZero();
        }
    }
}
