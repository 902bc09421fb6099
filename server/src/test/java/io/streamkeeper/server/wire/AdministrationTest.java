package io.streamkeeper.server.wire;

import static io.streamkeeper.server.wire.TestServer.ROOT;
import static io.streamkeeper.server.wire.TestServer.TEXT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.server.DurableStreams;
import io.streamkeeper.server.DurableStreamsServer;
import io.streamkeeper.server.config.ServerConfig;
import io.streamkeeper.server.metrics.Metric;
import io.streamkeeper.server.security.Action;
import io.streamkeeper.server.security.Authentication;
import io.streamkeeper.server.security.Credentials;
import io.streamkeeper.server.security.NewToken;
import io.streamkeeper.server.security.Principal;
import io.streamkeeper.server.security.SecurityPolicy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What an operator sees and changes while the server runs. */
@Timeout(60)
class AdministrationTest {
    private static TestServer started() throws IOException {
        return TestServer.started(
                TestServer.config(config -> config.listen(listen -> listen.adminListen("127.0.0.1:0"))));
    }

    private static Answer admin(TestServer server, String method, String target, String... fields) {
        InetSocketAddress address = server.server().adminAddress().orElseThrow();
        try (TestConnection connection = new TestConnection(address)) {
            return connection.exchange(method, target, "", fields);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void theStatusDescribesShardsAndBudgets() throws IOException {
        try (TestServer server = started()) {
            server.create(TEXT, "a");

            Answer status = admin(server, "GET", "/admin/status").is(200);

            assertThat(status.field("Content-Type")).isEqualTo("application/json");
            assertThat(status.text())
                    .startsWith("{\"status\":\"ok\",\"version\":")
                    .contains("{\"shard\":0,\"state\":\"serving\",\"streams\":", "{\"shard\":2,")
                    .contains("{\"budget\":\"bodies\",\"usedBytes\":0,\"limitBytes\":")
                    .contains("\"refusals\":0}")
                    .endsWith("}\n");
        }
    }

    @Test
    void aCheckpointAndACompactionAreDoneOnRequest() throws Exception {
        try (TestServer server = TestServer.started(TestServer.config(
                config -> config.listen(listen -> listen.adminListen("127.0.0.1:0"))
                        .data(data -> data.checkpointBytes(256 << 20).checkpointMillis(3_600_000))))) {
            server.create(TEXT, "a");
            assertThat(server.metric(Metric.EXTENT_FILES)).isZero();

            assertThat(admin(server, "POST", "/admin/checkpoint").is(200).text())
                    .startsWith("{\"status\":\"done\",\"milliseconds\":");
            assertThat(server.metric(Metric.EXTENT_FILES)).isEqualTo(1);
            assertThat(server.metric(Metric.EXTENT_BYTES)).isPositive();
            assertThat(admin(server, "POST", "/admin/compact").is(200).text()).startsWith("{\"status\":\"done\"");
        }
    }

    @Test
    void aDrainReportsThatTheServerIsNotReadyAndThenEndsWhatClientsWaitFor() throws IOException {
        try (TestServer server = started()) {
            String path = server.create(TEXT, "a");
            TestConnection poll = server.connect();
            poll.request("GET", path + "?live=long-poll&offset=now", "");
            TestConnection idle = server.connect();
            idle.exchange("GET", path, "").is(200);
            EventReader events = server.events(path, "now");
            events.control();

            // The answer of this one comes with the end of the drain.
            try (TestConnection operator =
                    new TestConnection(server.server().adminAddress().orElseThrow())) {
                operator.request("POST", "/admin/drain?delay=500ms", "");
                await().until(() -> admin(server, "GET", "/health/ready").status() == 503);
                assertThat(server.get("/health/ready").status()).isEqualTo(503);
                assertThat(server.get(path).is(200).text()).isEqualTo("a");
                admin(server, "GET", "/health/live").is(200);

                assertThat(operator.receive().is(200).text())
                        .isEqualTo("{\"status\":\"drained\",\"clientConnections\":0}\n");
            }
            poll.receive().is(204);
            poll.assertEnds();
            idle.assertEnds();
            events.rest();
            events.connection().assertEnds();
            for (TestConnection connection : List.of(poll, idle, events.connection())) {
                connection.close();
            }
            assertThatThrownBy(() -> new TestConnection(server.server().address()))
                    .isInstanceOf(ConnectException.class);
            assertThat(admin(server, "GET", "/admin/drain").is(200).text()).contains("drained");
            assertThat(admin(server, "GET", "/admin/status").is(200).text()).startsWith("{\"status\":\"drained\"");
            assertThat(admin(server, "GET", "/health").is(503).text()).isEqualTo("{\"status\":\"draining\"}");
        }
    }

    @Test
    void aDrainEndsEachOfManyEventStreamsProperlyAndClientsCannotConnectAgain() throws IOException {
        try (TestServer server = started()) {
            String path = server.create(TEXT, "a");
            String many = ROOT + "?live=sse&stream=" + path.substring(ROOT.length()) + "@-1&stream=absent@-1";
            List<EventReader> readers = new ArrayList<>();
            for (int i = 0; i < 60; i++) {
                readers.add(server.events(path, "-1"));
                readers.add(server.connect().events(many));
                readers.add(server.connect().events(ROOT + "?live=sse&prefix="));
            }
            for (EventReader reader : readers) {
                reader.next("control");
            }

            assertThat(admin(server, "POST", "/admin/drain").is(200).text())
                    .isEqualTo("{\"status\":\"drained\",\"clientConnections\":0}\n");

            for (EventReader reader : readers) {
                reader.rest();
                reader.connection().assertEnds();
                reader.close();
            }
            for (int i = 0; i < 10; i++) {
                assertThatThrownBy(() -> new TestConnection(server.server().address()))
                        .isInstanceOf(ConnectException.class);
            }
        }
    }

    @Test
    void aServerThatIsDrainedHasNotStopped() throws Exception {
        try (TestServer server = started()) {
            Thread waiting = new Thread(() -> {
                try {
                    server.server().awaitStop();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            waiting.start();

            admin(server, "POST", "/admin/drain").is(200);
            waiting.join(200);

            assertThat(waiting.isAlive()).isTrue();
            server.server().stop();
            waiting.join(Duration.ofSeconds(20).toMillis());
            assertThat(waiting.isAlive()).isFalse();
        }
    }

    @Test
    void anApplicationThatSuppliesNoLevelsOfItsLogKeepsThem() throws IOException {
        try (TestServer server = started()) {
            admin(server, "GET", "/admin/log-level").isError(501, "not_implemented");
            admin(server, "POST", "/admin/log-level?level=debug").isError(501, "not_implemented");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/admin/checkpoint?now=1",
                "/admin/drain?delay=-1s",
                "/admin/drain?delay=2h",
                "/admin/drain?delay=soon"
            })
    void aParameterThatIsNotValidIsRefusedAndNamed(String target) throws IOException {
        try (TestServer server = started()) {
            admin(server, "POST", target).isError(400, "invalid_parameter");
            assertThat(admin(server, "GET", "/admin/drain").text()).contains("serving");
        }
    }

    @Test
    void onlyAPostChangesSomething() throws IOException {
        try (TestServer server = started()) {
            admin(server, "GET", "/admin/checkpoint").isError(405, "method_not_allowed");
            admin(server, "DELETE", "/admin/drain").isError(405, "method_not_allowed");
            server.get("/admin/status").isError(404, "not_found");
        }
    }

    /** Takes its time to authenticate. */
    private static final class SlowPolicy implements SecurityPolicy {
        @Override
        public CompletableFuture<Authentication> authenticate(Credentials credentials) {
            return CompletableFuture.supplyAsync(
                    () -> Authentication.of(Principal.named("any")),
                    CompletableFuture.delayedExecutor(150, TimeUnit.MILLISECONDS));
        }

        @Override
        public boolean allows(Principal principal, Action action, StreamPath path) {
            return true;
        }
    }

    @Test
    void aRequestThatTookLongIsListed() throws IOException {
        ServerConfig config = TestServer.config(change -> change.listen(listen -> listen.adminListen("127.0.0.1:0")));
        try (DurableStreams streams = DurableStreams.open(config);
                DurableStreamsServer server = DurableStreamsServer.start(streams, new SlowPolicy());
                TestConnection client = new TestConnection(server.address());
                TestConnection operator =
                        new TestConnection(server.adminAddress().orElseThrow())) {
            client.exchange("PUT", "/v1/stream/slow?signature=secret", "", TEXT).is(201);

            String listed =
                    operator.exchange("GET", "/admin/slow-requests", "").is(200).text();

            assertThat(listed)
                    .containsPattern(
                            "\\{\"time\":\"20[^\"]+Z\",\"operation\":\"create\",\"path\":\"/v1/stream/slow\","
                                    + "\"status\":201,\"milliseconds\":[1-9]\\d\\d+,\"waits\":\\{\"authentication\":[1-9]\\d\\d+")
                    .doesNotContain("secret");
        }
    }

    @Test
    void theStreamsThatHaveTheMostAreListed() throws IOException {
        try (TestServer server = started()) {
            List<String> paths = new ArrayList<>();
            for (int i = 0; i < 2_500; i++) {
                paths.add(server.create(TEXT, ""));
            }
            String large = paths.get(100);
            String busy = paths.get(2_000);
            server.append(large, "x".repeat(5_000));
            server.append(busy, "a");
            for (int i = 0; i < 20; i++) {
                server.append(busy, "b");
            }
            server.get(large).is(200);
            server.get(large).is(200);
            try (EventReader events = server.events(busy, "now");
                    TestConnection poll = server.connect()) {
                events.control();
                poll.request("GET", large + "?live=long-poll&offset=now", "");
                await().until(() -> server.metric(Metric.WAITERS) == 2);

                assertThat(top(server, "by=bytes&limit=2")).containsExactly(name(large), name(busy));
                assertThat(top(server, "by=appends&limit=1")).containsExactly(name(busy));
                assertThat(top(server, "by=appended-bytes&limit=1")).containsExactly(name(large));
                assertThat(top(server, "by=reads&limit=1")).containsExactly(name(large));
                assertThat(top(server, "by=readers")).containsExactlyInAnyOrder(name(large), name(busy));
                assertThat(admin(server, "GET", "/admin/top-streams?limit=1")
                                .is(200)
                                .text())
                        .startsWith("{\"by\":\"bytes\",\"streams\":[{\"path\":\"" + name(large)
                                + "\",\"bytes\":5000,\"readers\":1,\"appendsPerSecond\":");
            }
            server.delete(large).is(204);
            assertThat(top(server, "by=reads")).doesNotContain(name(large));
            admin(server, "GET", "/admin/top-streams?by=size").isError(400, "invalid_parameter");
            admin(server, "GET", "/admin/top-streams?limit=0").isError(400, "invalid_parameter");
            admin(server, "GET", "/admin/top-streams?limit=1001").isError(400, "invalid_parameter");
        }
    }

    private static String name(String path) {
        return path.substring(TestServer.ROOT.length());
    }

    private static List<String> top(TestServer server, String query) {
        String text =
                admin(server, "GET", "/admin/top-streams?" + query).is(200).text();
        return Pattern.compile("\"path\":\"([^\"]*)\"")
                .matcher(text)
                .results()
                .map(path -> path.group(1))
                .toList();
    }

    @ParameterizedTest
    @CsvSource({
        "GET,/metrics,200",
        "GET,/admin/slow-requests,200",
        "GET,/admin/status,200",
        "GET,/admin/top-streams,200",
        "POST,/admin/checkpoint,200",
        "GET,/admin/log-level,501",
        "GET,/admin/drain,200"
    })
    void whereClientsHaveRightsAdministrationIsOne(String method, String target, int status, @TempDir Path folder)
            throws IOException {
        NewToken operator = NewToken.make("operator", null);
        NewToken tenant = NewToken.make("__ds", null);
        Files.write(folder.resolve("tokens"), List.of(operator.line(), tenant.line()));
        Files.write(folder.resolve("rules"), List.of("allow operator admin **", "allow * all {sub}/**"));
        TestServer server = TestServer.started(TestServer.config(config -> config.listen(
                        listen -> listen.adminListen("127.0.0.1:0"))
                .security(security -> security.tokens(folder.resolve("tokens").toString())
                        .policy(folder.resolve("rules").toString()))));
        try (server) {
            admin(server, method, target).isError(401, "unauthenticated");
            admin(server, method, target, "Authorization: Bearer wrong").isError(401, "unauthenticated");
            admin(server, method, target, "Authorization: Bearer " + tenant.token())
                    .isError(403, "forbidden");
            admin(server, method, target, "Authorization: Bearer " + operator.token())
                    .is(status);
            admin(server, "GET", "/health").is(200);
        }
    }
}
