package io.streamkeeper.server.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.streamkeeper.protocol.output.LogsFaults;
import io.streamkeeper.server.DurableStreamsServer;
import io.streamkeeper.server.config.ListenConfig;
import io.streamkeeper.server.config.ServerConfig;
import io.streamkeeper.server.metrics.Metric;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A second address for those who run the server: it knows how the server is, and no streams. */
@Timeout(60)
class AdminListenerTest {
    private static ServerConfig config(String adminListen, int connectionsMax) {
        return TestServer.config(config ->
                config.listen(listen -> listen.adminListen(adminListen).connectionsMax(connectionsMax)));
    }

    private static void withServer(Consumer<TestServer> test) throws IOException {
        try (TestServer server = TestServer.started(config("127.0.0.1:0", 2))) {
            test.accept(server);
        }
    }

    private static InetSocketAddress adminAddress(TestServer server) {
        return server.server().adminAddress().orElseThrow();
    }

    private static Answer admin(TestServer server, String method, String target) {
        try (TestConnection connection = new TestConnection(adminAddress(server))) {
            return connection.exchange(method, target, "");
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void bothListenersAnswerHealth() throws IOException {
        withServer(server -> {
            assertThat(adminAddress(server)).isNotEqualTo(server.server().address());
            assertThat(admin(server, "GET", "/health").is(200).text()).isEqualTo("{\"status\":\"ok\"}");
            assertThat(server.get("/health").is(200).text()).isEqualTo("{\"status\":\"ok\"}");
        });
    }

    @Test
    void streamsAreOnThePublicListenerOnly() throws IOException {
        withServer(server -> {
            String path = server.create(TestServer.TEXT, "a");

            assertThat(server.get(path + "?offset=-1").is(200).text()).isEqualTo("a");
            for (String method : new String[] {"GET", "PUT", "POST", "DELETE"}) {
                assertThat(admin(server, method, path).isError(404, "not_found").text())
                        .contains("this listener serves no streams");
            }
            assertThat(admin(server, "HEAD", path).status()).isEqualTo(404);
            assertThat(admin(server, "OPTIONS", path).is(204).field("Allow")).isEqualTo("GET, HEAD, POST, OPTIONS");
        });
    }

    @Test
    void anAnswerNamesTheListenerThatItIsOf() throws IOException {
        withServer(server -> {
            String path = TestServer.path();
            String authority = "127.0.0.1:" + server.server().address().getPort();
            try (TestConnection connection = server.connect()) {
                connection.send("PUT " + path + " HTTP/1.0\r\nContent-Type: text/plain\r\n\r\n");
                assertThat(connection.input().answer(false).is(201).field("Location"))
                        .isEqualTo("http://" + authority + path);
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
    }

    @Test
    @LogsFaults("new connections to the listener for {} are closed, because {} are open")
    void whoeverRunsAFullServerGetsIn() throws IOException {
        withServer(server -> {
            try (TestConnection one = server.connect();
                    TestConnection two = server.connect()) {
                one.exchange("GET", "/health", "").is(200);
                two.exchange("GET", "/health", "").is(200);

                assertThatThrownBy(() -> server.get("/health")).isInstanceOf(RuntimeException.class);
                admin(server, "GET", "/health").is(200);
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
            await().until(() -> server.metric(Metric.CONNECTIONS_REFUSED, "public") == 1);
            await().until(() -> server.metric(Metric.CONNECTIONS_OPENED, "administrative") == 1);
            await().until(() -> server.metric(Metric.CONNECTIONS, "administrative") == 0);
        });
    }

    @Test
    void aStopClosesBothListeners() throws IOException {
        InetSocketAddress[] addresses = new InetSocketAddress[2];
        withServer(server -> {
            addresses[0] = server.server().address();
            addresses[1] = adminAddress(server);
        });

        for (InetSocketAddress address : addresses) {
            assertThatThrownBy(() -> new TestConnection(address)).isInstanceOf(ConnectException.class);
        }
    }

    @Test
    void aPortInUseIsReportedWithTheListenerThatWantsIt() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String address = "127.0.0.1:" + taken.getLocalPort();

            assertThatThrownBy(() -> DurableStreamsServer.start(config(address, 10)))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("127.0.0.1 port " + taken.getLocalPort() + " for administration")
                    .hasMessageContaining("--admin-listen");
        }
    }

    @Test
    void itIsOnTheLoopbackInterfaceUnlessItIsNotWanted() throws IOException {
        try (TestServer server = TestServer.started(config("auto", 10))) {
            assertThat(adminAddress(server).getAddress().isLoopbackAddress()).isTrue();
            admin(server, "GET", "/metrics").is(200);
        }
        try (TestServer server = TestServer.started(config("none", 10))) {
            assertThat(server.server().adminAddress()).isEmpty();
        }
    }

    @Test
    void aPortThatTheServerChoosesIsFarFromThatOfClients() {
        ListenConfig defaults = ListenConfig.defaults();
        assertThat(defaults.adminAddress()).isEqualTo(new InetSocketAddress(InetAddress.getLoopbackAddress(), 14_437));
        assertThat(ServerConfig.builder()
                        .listen(listen -> listen.port(60_000))
                        .build()
                        .listen()
                        .adminAddress())
                .isEqualTo(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    @Test
    @LogsFaults("administration is on port")
    void aPortInUseThatTheServerHasChosenIsReplaced() throws IOException {
        try (ServerSocket taken = takeLowPort()) {
            int port = taken.getLocalPort() - 10_000;
            ServerConfig config = TestServer.config(
                    change -> change.listen(listen -> listen.port(port).adminListen("auto")));
            try (TestServer server = TestServer.started(config)) {
                assertThat(adminAddress(server).getPort()).isNotEqualTo(taken.getLocalPort());
                admin(server, "GET", "/health").is(200);
                server.get("/health").is(200);
            }
        }
    }

    /** A socket on a port that a server chooses for administration, whose port for clients is free. */
    private static ServerSocket takeLowPort() throws IOException {
        IOException problem = null;
        for (int port = 21_000; port < 30_000; port++) {
            try (ServerSocket clients = new ServerSocket(port - 10_000, 1, InetAddress.getLoopbackAddress())) {
                return new ServerSocket(clients.getLocalPort() + 10_000, 1, InetAddress.getLoopbackAddress());
            } catch (BindException e) {
                problem = e;
            }
        }
        throw new IOException("no two ports are free", problem);
    }

    @Test
    void itsAddressNeedsAuthenticationIfOtherMachinesReachIt() {
        assertThatThrownBy(() -> DurableStreamsServer.start(config("0.0.0.0:0", 10)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("admin-listen is \"0.0.0.0:0\"")
                .hasMessageContaining("--allow-anonymous");
    }

    @Test
    void noPageOfAnotherSiteReadsOrChangesAnything() throws IOException {
        ServerConfig config = TestServer.config(change -> change.listen(listen -> listen.adminListen("127.0.0.1:0"))
                .security(security -> security.corsOrigins("*")));
        String page = "Origin: https://evil.example";
        try (TestServer server = TestServer.started(config);
                TestConnection connection = new TestConnection(adminAddress(server))) {
            connection.exchange("POST", "/admin/checkpoint", "", page).isError(403, "origin_not_allowed");
            Answer read = connection.exchange("GET", "/admin/status", "", page).is(200);
            assertThat(read.fields()).doesNotContainKey("Access-Control-Allow-Origin");
            connection.send("GET /admin/status HTTP/1.1\r\nHost: rebound.example\r\n\r\n");
            connection.receive().isError(403, "host_not_allowed");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "4438", ":4438", "localhost", "localhost:65536", "::1:4438", "a b:1", "http://a:1/"})
    void anAddressThatIsNoneIsRefused(String adminListen) {
        assertThatThrownBy(() -> config(adminListen, 10))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("admin-listen is \"" + adminListen + "\"")
                .hasMessageContaining("127.0.0.1:14437");
    }
}
