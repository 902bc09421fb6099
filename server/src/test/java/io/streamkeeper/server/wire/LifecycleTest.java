package io.streamkeeper.server.wire;

import static io.streamkeeper.server.wire.TestServer.TEXT;
import static io.streamkeeper.server.wire.TestServer.path;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.streamkeeper.server.DurableStreamsServer;
import io.streamkeeper.server.config.ServerConfig;
import io.streamkeeper.server.config.Transport;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(60)
class LifecycleTest {
    private static List<Transport> transports() {
        return TestServer.transports().toList();
    }

    @ParameterizedTest
    @MethodSource("transports")
    void aStopAnswersPollsAndEndsEvents(Transport transport) throws IOException {
        TestServer server = TestServer.started(TestServer.config(transport));
        String path = server.create(TEXT, "abc");
        TestConnection waiting = server.connect();
        waiting.send(TestConnection.requestText("GET", path, "")
                + TestConnection.requestText("GET", path + "?live=long-poll&offset=now", ""));
        waiting.receive().is(200);
        EventReader events = server.events(path, "now");
        Event control = events.control();

        server.close();

        Answer answer = waiting.receive().is(204);
        assertThat(answer.nextOffset()).isEqualTo(control.nextOffset());
        assertThat(answer.isClosed()).isFalse();
        waiting.assertEnds();
        assertThat(events.rest()).isEmpty();
        events.connection().assertEnds();
        waiting.close();
        events.close();
    }

    @Test
    void aStopAnswersWhatHasBeenRead() throws IOException {
        TestServer server = TestServer.started(TestServer.config());
        String path = server.create(TEXT, "abc");
        String other = server.create(TEXT, "");
        TestConnection connection = server.connect();
        connection.send(TestConnection.requestText("GET", path + "?live=long-poll&offset=now", "")
                + TestConnection.requestText("GET", path, "")
                + TestConnection.requestText("POST", other, "x", TEXT));
        await().until(() -> server.get(other).text().equals("x"));

        server.close();

        connection.receive().is(204);
        assertThat(connection.receive().is(200).text()).isEqualTo("abc");
        connection.receive().is(204);
        connection.assertEnds();
        connection.close();
    }

    @Test
    void aStopAnswersEventsThatWaitForTheirTurn() throws IOException {
        TestServer server = TestServer.started(TestServer.config());
        String path = server.create(TEXT, "abc");
        String other = server.create(TEXT, "");
        TestConnection connection = server.connect();
        connection.send(TestConnection.requestText("GET", path + "?live=long-poll&offset=now", "")
                + TestConnection.requestText("POST", other, "x", TEXT)
                + TestConnection.requestText("GET", path + "?live=sse&offset=-1", ""));
        await().until(() -> server.get(other).text().equals("x"));

        server.close();

        connection.receive().is(204);
        connection.receive().is(204);
        List<Event> events = connection.receiveEvents().rest();
        assertThat(events).hasSize(2);
        assertThat(events.get(0).data()).isEqualTo("abc");
        connection.assertEnds();
        connection.close();
    }

    @Test
    void aStopEndsConnectionsThatAskNothingAndTakesNoNewOnes() throws IOException {
        TestServer server = TestServer.started(TestServer.config());
        TestConnection idle = server.connect();
        idle.exchange("GET", "/health", "").is(200);

        server.close();

        idle.assertEnds();
        idle.close();
        assertThatThrownBy(() -> new TestConnection(server.server().address())).isInstanceOf(IOException.class);
    }

    @Test
    void aStopDoesNotWaitForAClientThatTakesNothing() throws IOException {
        TestServer server = TestServer.started(TestServer.config(config -> config.shutdownTimeoutMillis(300)));
        String path = server.create(TEXT, "x".repeat(1 << 20));
        TestConnection stalled = server.connect(4_096);
        for (int i = 0; i < 20; i++) {
            stalled.request("GET", path, "");
        }
        long start = System.nanoTime();

        server.close();

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(8));
        stalled.close();
    }

    @Test
    void aStopMidwayOfTrafficLosesNoAnswerThatItBegan() throws Exception {
        TestServer server = TestServer.started(TestServer.config());
        String path = server.create(TEXT, "");
        TestConnection connection = server.connect();
        Thread sender = new Thread(() -> {
            try {
                for (int i = 0; i < 100_000; i++) {
                    connection.request("POST", path, "x", TEXT);
                }
            } catch (IOException e) {
                // The server has stopped.
            }
        });
        sender.start();
        String last = connection.receive().is(204).nextOffset();

        Thread stopper = new Thread(server::close);
        stopper.start();
        try {
            while (true) {
                String next = connection.receive().is(204).nextOffset();
                assertThat(next).isGreaterThan(last);
                last = next;
            }
        } catch (IOException e) {
            assertThat(e.getMessage()).containsAnyOf("the connection ended after ", "reset", "closed");
        }
        stopper.join();
        connection.close();
        sender.join();
    }

    @Test
    void aPortIsFreeAgainBehindAStop() throws IOException {
        TestServer first = TestServer.started(TestServer.config());
        int port = first.server().address().getPort();
        first.put(path(), "abc", TEXT).is(201);
        first.close();

        ServerConfig same = TestServer.config(config -> config.listen(listen -> listen.port(port)));
        try (TestServer second = TestServer.started(same)) {
            second.get("/health").is(200);
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void aPortInUseIsSaidWithItsNumber(Transport transport) throws IOException {
        try (TestServer first = TestServer.started(TestServer.config(transport))) {
            int port = first.server().address().getPort();
            ServerConfig same = TestServer.config(
                    config -> config.listen(listen -> listen.port(port).transport(transport)));

            assertThatThrownBy(() -> DurableStreamsServer.start(same))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("cannot listen on 127.0.0.1 port " + port);
        }
    }
}
