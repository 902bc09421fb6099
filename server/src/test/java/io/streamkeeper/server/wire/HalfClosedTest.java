package io.streamkeeper.server.wire;

import static io.streamkeeper.server.wire.TestServer.TEXT;
import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.server.config.Transport;
import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Clients that close their sending side and read on, as {@code nc -N} does. */
class HalfClosedTest {
    @ParameterizedTest
    @MethodSource("io.streamkeeper.server.wire.TestServer#transports")
    void wholeRequestsAreAnswered(Transport transport) throws IOException {
        try (TestServer server = TestServer.started(TestServer.config(transport))) {
            String large = server.create(TEXT, "y".repeat(3_000_000));
            String log = server.create(TEXT, "");
            try (TestConnection connection = server.connect()) {
                for (int i = 0; i < 20; i++) {
                    connection.request("GET", large, "");
                    connection.request("POST", log, "x", TEXT);
                }
                connection.send(
                        "POST " + log + " HTTP/1.1\r\nHost: a\r\n" + TEXT + "\r\nContent-Length: 10\r\n\r\npart");
                connection.endSending();
                for (int i = 0; i < 20; i++) {
                    connection.receive().is(200);
                    connection.receive().is(204);
                }
                connection.assertEnds();
            }
            assertThat(server.get(log).text()).isEqualTo("x".repeat(20));
        }
    }

    @ParameterizedTest
    @MethodSource("io.streamkeeper.server.wire.TestServer#transports")
    void whatWaitsForDataEnds(Transport transport) throws IOException {
        try (TestServer server = TestServer.started(TestServer.config(transport))) {
            String path = server.create(TEXT, "abc");
            try (TestConnection poll = server.connect();
                    TestConnection live = server.connect();
                    TestConnection late = server.connect()) {
                poll.request("GET", path + "?live=long-poll&offset=now", "");
                poll.endSending();
                poll.receive().is(204);
                poll.assertEnds();

                EventReader events = live.events(path + "?live=sse&offset=-1");
                assertThat(events.data().data()).isEqualTo("abc");
                live.endSending();
                assertThat(events.rest()).allMatch(event -> !event.isData());
                live.assertEnds();

                late.request("GET", path + "?live=sse&offset=-1", "");
                late.endSending();
                assertThat(late.receiveEvents().rest().get(0).data()).isEqualTo("abc");
                late.assertEnds();
            }
        }
    }
}
