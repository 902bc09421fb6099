package io.streamkeeper.server.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.streamkeeper.server.config.Transport;
import io.streamkeeper.server.metrics.Metric;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Connections move to loops for readers and back, and nobody notices. */
@Timeout(120)
class LoopMoveTest {
    private static final String LONG = "0123456789abcdef".repeat(20_000);
    private static final int APPENDS_TO_RETURN = 8;

    private static List<Transport> transports() {
        return TestServer.transports().toList();
    }

    private static TestServer server(Transport transport) throws Exception {
        return TestServer.started(TestServer.config(config -> config.listen(listen -> listen.transport(transport))));
    }

    @ParameterizedTest
    @MethodSource("transports")
    void aConnectionLeavesWithALongAnswerAndReturnsWithAppends(Transport transport) throws Exception {
        try (TestServer server = server(transport)) {
            String path = server.create(TestServer.TEXT, LONG);
            String other = server.create(TestServer.TEXT, "");
            long before = server.metric(Metric.CONNECTIONS_MOVED);
            try (TestConnection connection = server.connect()) {
                for (int turn = 1; turn <= 3; turn++) {
                    for (int i = 0; i < 3; i++) {
                        assertThat(connection
                                        .exchange("GET", path + "?offset=-1", "")
                                        .is(200)
                                        .text())
                                .isEqualTo(LONG);
                    }
                    assertThat(server.metric(Metric.CONNECTIONS_MOVED))
                            .as("away")
                            .isEqualTo(before + 2L * turn - 1);
                    for (int i = 0; i < APPENDS_TO_RETURN; i++) {
                        append(connection, other, "x");
                    }
                    long expected = before + 2L * turn;
                    await().until(() -> server.metric(Metric.CONNECTIONS_MOVED) == expected);
                }
                assertThat(connection.exchange("GET", other + "?offset=-1", "").text())
                        .isEqualTo("x".repeat(3 * APPENDS_TO_RETURN));
            }
            await().until(() -> server.metric(Metric.CONNECTIONS) == 0);
        }
    }

    /** The rest of a long answer is sent from the other loop, and the requests that follow it in the same piece. */
    @ParameterizedTest
    @MethodSource("transports")
    void pipelinedRequestsAreAnsweredInOrderAcrossMoves(Transport transport) throws Exception {
        try (TestServer server = server(transport)) {
            String path = server.create(TestServer.TEXT, LONG.repeat(10));
            String other = server.create(TestServer.TEXT, "");
            Random random = new Random(4);
            try (TestConnection connection = server.connect()) {
                String appended = "";
                for (int round = 0; round < 12; round++) {
                    StringBuilder requests = new StringBuilder();
                    List<Boolean> reads = new ArrayList<>();
                    for (int i = 0; i < 12; i++) {
                        boolean read = random.nextInt(6) == 0;
                        reads.add(read);
                        requests.append(
                                read
                                        ? TestConnection.requestText("GET", path + "?offset=-1", "")
                                        : TestConnection.requestText("POST", other, "y", TestServer.TEXT));
                    }
                    connection.send(requests.toString());
                    for (boolean read : reads) {
                        Answer answer = connection.receive();
                        if (read) {
                            assertThat(answer.is(200).text()).hasSize(10 * LONG.length());
                        } else {
                            answer.is(204);
                            appended += "y";
                        }
                    }
                }
                assertThat(connection.exchange("GET", other + "?offset=-1", "").text())
                        .isEqualTo(appended);
            }
            assertThat(server.metric(Metric.CONNECTIONS_MOVED)).isPositive();
        }
    }

    /** Clients that end, or stop sending, at any moment of a move; and a server that stops among them. */
    @ParameterizedTest
    @MethodSource("transports")
    void clientsMayEndAtAnyMomentOfAMove(Transport transport) throws Exception {
        ExecutorService clients = Executors.newFixedThreadPool(8);
        try (TestServer server = server(transport)) {
            String path = server.create(TestServer.TEXT, LONG);
            List<Future<Integer>> results = new ArrayList<>();
            for (int client = 0; client < 8; client++) {
                Random random = new Random(client);
                results.add(clients.submit((Callable<Integer>) () -> {
                    int answered = 0;
                    for (int i = 0; i < 60; i++) {
                        try (TestConnection connection = server.connect()) {
                            connection.send(TestConnection.requestText("GET", path + "?offset=-1", ""));
                            if (random.nextInt(4) == 0) {
                                connection.endSending();
                            }
                            if (random.nextInt(4) > 0) {
                                assertThat(connection.receive().is(200).text()).isEqualTo(LONG);
                                answered++;
                            }
                        }
                    }
                    return answered;
                }));
            }
            for (Future<Integer> result : results) {
                assertThat(result.get()).isPositive();
            }
            await().until(() -> server.metric(Metric.CONNECTIONS) == 0);
            try (TestConnection connection = server.connect()) {
                connection.exchange("GET", path + "?offset=-1", "").is(200);
            }
        } finally {
            clients.shutdownNow();
        }
    }

    private static void append(TestConnection connection, String path, String body) throws Exception {
        connection.exchange("POST", path, body, TestServer.TEXT).is(204);
    }
}
