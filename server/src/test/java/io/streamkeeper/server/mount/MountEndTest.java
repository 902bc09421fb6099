package io.streamkeeper.server.mount;

import static io.streamkeeper.server.mount.MountingServer.TEXT;
import static io.streamkeeper.server.wire.TestConnection.requestText;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.channel.Channel;
import io.streamkeeper.server.config.ServerConfig;
import io.streamkeeper.server.config.Transport;
import io.streamkeeper.server.wire.EventReader;
import io.streamkeeper.server.wire.TestConnection;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What ends, and what that ends. */
@Timeout(60)
class MountEndTest {
    private static MountingServer started(ServerConfig config) throws IOException {
        return MountingServer.started(config, pipeline -> {});
    }

    private static ServerConfig connectionsMax(int count) {
        return MountingServer.config(config -> config.listen(
                listen -> listen.port(0).transport(Transport.NIO).shards(2).connectionsMax(count)));
    }

    @Test
    void aStopEndsSessionsAndLeavesTheOtherConnectionsToTheOthers() throws IOException {
        try (MountingServer server = started(MountingServer.config())) {
            String path = server.create(TEXT, "abc");
            TestConnection waiting = server.connect();
            waiting.send(requestText("GET", path, "")
                    + requestText("GET", path + "?offset=now&live=long-poll", "")
                    + requestText("GET", "/hello", ""));
            waiting.receive().is(200);
            EventReader events = server.events(path, "now");
            events.control();
            TestConnection idle = server.connect();
            idle.exchange("GET", path, "").is(200);

            server.stopStreams();

            waiting.receive().is(204);
            assertThat(waiting.receive().text()).isEqualTo("GET /hello ");
            assertThat(events.rest()).isEmpty();
            events.connection().assertEnds();
            for (TestConnection each : List.of(waiting, idle)) {
                assertThat(each.exchange("GET", "/hello", "").text()).isEqualTo("GET /hello ");
                each.close();
            }
        }
    }

    @Test
    void whereStreamkeeperHasStoppedRequestsAreRefused() throws IOException {
        try (MountingServer server = started(MountingServer.config())) {
            String path = server.create(TEXT, "abc");
            server.stopStreams();
            try (TestConnection connection = server.connect()) {
                connection.send(requestText("GET", "/hello", "") + requestText("POST", path, "def", TEXT));
                connection.receive().is(200);
                connection.receive().isError(503, "overloaded");
                connection.assertEnds();
            }
            assertThat(server.exchange("HEAD", path, "").is(503).field("Connection"))
                    .isEqualTo("close");
        }
    }

    @Test
    void oneConnectionTooManyIsRefusedWithItsFirstRequestForAStream() throws IOException {
        try (MountingServer server = started(connectionsMax(1))) {
            String path = MountingServer.path();
            try (TestConnection first = server.connect();
                    TestConnection second = server.connect()) {
                first.exchange("PUT", path, "abc", TEXT).is(201);
                second.exchange("GET", "/hello", "").is(200);
                second.exchange("GET", path, "").isError(503, "overloaded");
                second.assertEnds();
                first.exchange("GET", path, "").is(200);
            }
            await().until(() -> server.get(path).status() == 200);
        }
    }

    @Test
    void aConnectionThatAsksForNoStreamForAWhileIsNotClosed() throws IOException {
        try (MountingServer server = started(MountingServer.config(
                        config -> config.http(http -> http.bodyBytesMax(1 << 20).idleTimeoutMillis(100))));
                TestConnection connection = server.connect()) {
            String path = MountingServer.path();
            connection.exchange("PUT", path, "abc", TEXT).is(201);
            Channel first = server.lastInner();
            await().until(() -> !first.isOpen());
            connection.exchange("GET", "/hello", "").is(200);
            assertThat(connection.exchange("GET", path, "").text()).isEqualTo("abc");
            assertThat(server.lastInner()).isNotSameAs(first);
        }
    }

    @Test
    void aBodyThatStopsComingIsRefused() throws IOException {
        try (MountingServer server = started(MountingServer.config(
                        config -> config.http(http -> http.bodyBytesMax(1 << 20).bodyStallTimeoutMillis(100))));
                TestConnection connection = server.connect()) {
            connection.send("PUT " + MountingServer.path() + " HTTP/1.1\r\nHost: test\r\n" + TEXT
                    + "\r\nContent-Length: 9\r\n\r\nabc");
            connection.receive().isError(408, "request_timeout");
            connection.assertEnds();
        }
    }

    @Test
    void aFaultInsideCostsTheConnectionOnly() throws IOException {
        try (MountingServer server = started(MountingServer.config())) {
            String path = server.create(TEXT, "abc");
            try (TestConnection connection = server.connect()) {
                connection.request("GET", path + "?offset=now&live=long-poll", "");
                await().until(() -> server.inner().size() == 2);
                server.lastInner().pipeline().fireExceptionCaught(new IOException("as if it had failed"));
                connection.receive().isError(503, "overloaded");
                connection.assertEnds();
            }
            server.get(path).is(200);
        }
    }

    @Test
    void anAnswerThatBreaksOffEndsTheConnection() throws IOException {
        try (MountingServer server = started(MountingServer.config())) {
            String path = server.create(TEXT, "abc");
            try (EventReader events = server.events(path, "-1")) {
                events.data();
                server.lastInner().close();
                events.connection().assertEnds();
            }
        }
    }
}
