package io.streamkeeper.server.mount;

import static io.streamkeeper.server.mount.MountingServer.TEXT;
import static io.streamkeeper.server.wire.TestConnection.requestText;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.channel.ChannelPipeline;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.streamkeeper.server.wire.EventReader;
import io.streamkeeper.server.wire.TestConnection;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Event loops that are not Streamkeeper's. */
@Timeout(60)
class ForeignLoopsTest {
    private static final MountingServer.Setup EPOLL = new MountingServer.Setup() {
        @Override
        public void before(ChannelPipeline pipeline) {}

        @Override
        public IoHandlerFactory loops() {
            return EpollIoHandler.newFactory();
        }

        @Override
        public Class<? extends ServerChannel> sockets() {
            return EpollServerSocketChannel.class;
        }
    };

    @Test
    void theyMayBeOfAnotherKind() throws IOException {
        assumeTrue(Epoll.isAvailable());
        try (MountingServer server = MountingServer.started(MountingServer.config(), EPOLL)) {
            String path = server.create(TEXT, "abc");
            try (EventReader events = server.events(path, "-1");
                    TestConnection connection = server.connect()) {
                assertThat(events.data().data()).isEqualTo("abc");
                connection.send(requestText("POST", path, "def", TEXT)
                        + requestText("GET", "/hello", "")
                        + requestText("GET", path, ""));
                connection.receive().is(204);
                connection.receive().is(200);
                assertThat(connection.receive().text()).isEqualTo("abcdef");
                assertThat(events.data().data()).isEqualTo("def");
                connection.exchange("GET", path, "", "Connection: close").is(200);
                connection.assertEnds();
            }
        }
    }

    @RepeatedTest(5)
    void theyMayEndBeforeStreamkeeperDoes() throws IOException {
        try (MountingServer server = MountingServer.started(MountingServer.config(), pipeline -> {})) {
            String path = server.create(TEXT, "");
            List<TestConnection> connections = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                connections.add(server.events(path, "-1").connection());
                TestConnection busy = server.connect();
                busy.send(requestText("POST", path, "x", TEXT).repeat(40)
                        + requestText("GET", path + "?offset=now&live=long-poll", ""));
                connections.add(busy);
            }

            server.restartForeignServer();

            try (EventReader events = server.events(path, "now");
                    TestConnection connection = server.connect()) {
                events.control();
                connection.exchange("POST", path, "end", TEXT).is(204);
                assertThat(events.data().data()).isEqualTo("end");
            }
            for (TestConnection each : connections) {
                each.close();
            }
        }
    }
}
