package io.streamkeeper.server.wire;

import static io.streamkeeper.server.wire.TestServer.JSON;
import static io.streamkeeper.server.wire.TestServer.ROOT;
import static io.streamkeeper.server.wire.TestServer.TEXT;
import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.protocol.output.MayLogFaults;
import io.streamkeeper.server.config.LimitsConfig;
import io.streamkeeper.server.config.ServerConfig;
import io.streamkeeper.server.security.NewToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Limits of clients and tenants, over connections. */
@MayLogFaults({"a limit refuses requests", "has changed and cannot be used"})
class FairShareTest {
    @TempDir
    Path folder;

    private static TestServer limited(Consumer<LimitsConfig.Builder> change) throws IOException {
        return TestServer.started(TestServer.config(config -> config.limits(change)));
    }

    private static Answer get(TestConnection connection, String target, String... fields) throws IOException {
        return connection.exchange("GET", target, "", fields);
    }

    @Test
    void aClientBeyondItsRequestsIsAnswered429AndItsConnectionStays() throws Exception {
        try (TestServer server = limited(set -> set.client("requests=5/1h"));
                TestConnection connection = server.connect()) {
            for (int i = 0; i < 5; i++) {
                get(connection, ROOT + "none").is(404);
            }

            Answer refused = get(connection, ROOT + "none").isError(429, "request_limit");

            assertThat(refused.field("RateLimit-Policy")).isEqualTo("\"client-requests\";q=5;w=3600;qu=\"requests\"");
            assertThat(refused.field("RateLimit")).startsWith("\"client-requests\";r=0;t=7");
            assertThat(Long.parseLong(Objects.requireNonNull(refused.field("Retry-After"))))
                    .isBetween(700L, 720L);
            assertThat(refused.field("Cache-Control")).isEqualTo("no-store");
            get(connection, ROOT + "none").isError(429, "request_limit");
            server.get(ROOT + "none").isError(429, "request_limit");
        }
    }

    @Test
    void pipelinedRequestsAreAnsweredInOrderUpToTheLimitAndAfterIt() throws Exception {
        try (TestServer server = limited(set -> set.client("requests=10/1h"));
                TestConnection connection = server.connect()) {
            String one = TestConnection.requestText("PUT", ROOT + "a", "x", TEXT);
            connection.send(one.repeat(30));
            List<Integer> statuses = new ArrayList<>();
            for (int i = 0; i < 30; i++) {
                statuses.add(connection.receive().status());
            }
            assertThat(statuses.get(0)).isEqualTo(201);
            assertThat(statuses.subList(0, 10)).doesNotContain(429);
            assertThat(statuses.subList(10, 30)).containsOnly(429);
        }
    }

    @Test
    void aRefusedBodyIsNotStoredAndTheConnectionStays() throws Exception {
        try (TestServer server = limited(set -> set.client("in=100/1h"));
                TestConnection connection = server.connect()) {
            connection.exchange("PUT", ROOT + "a", "x".repeat(200), TEXT).is(201);
            String body = "y".repeat(900_000);
            for (int i = 0; i < 3; i++) {
                connection.exchange("POST", ROOT + "a", body, TEXT).isError(429, "receive_limit");
            }
        }
    }

    @Test
    void aRefusedBodyWhoseEndIsFarEndsTheConnection() throws Exception {
        try (TestServer server = limited(set -> set.client("in=100/1h"));
                TestConnection connection = server.connect()) {
            connection.exchange("PUT", ROOT + "a", "x".repeat(200), TEXT).is(201);
            connection.send(
                    "POST " + ROOT + "a HTTP/1.1\r\nHost: test\r\n" + TEXT + "\r\nContent-Length: 8000000\r\n\r\n");

            Answer answer = connection.receive().isError(429, "receive_limit");

            assertThat(answer.field("Connection")).isEqualTo("close");
        }
    }

    @Test
    void aClientThatAwaitsContinueIsAnsweredBeforeItSendsItsBody() throws Exception {
        try (TestServer server = limited(set -> set.client("in=100/1h"));
                TestConnection connection = server.connect()) {
            connection.exchange("PUT", ROOT + "a", "x".repeat(200), TEXT).is(201);
            connection.send("POST " + ROOT + "a HTTP/1.1\r\nHost: test\r\n" + TEXT
                    + "\r\nContent-Length: 5000\r\nExpect: 100-continue\r\n\r\n");

            assertThat(connection.receive().isError(429, "receive_limit").field("Connection"))
                    .isEqualTo("close");
        }
    }

    private static void assertAListIsRefusedBeforeItArrives(
            Consumer<LimitsConfig.Builder> change, int status, String code) throws Exception {
        try (TestServer server = limited(change);
                TestConnection connection = server.connect()) {
            TestConnection reading = server.connect();
            EventReader events = reading.events(ROOT + "?live=sse&stream=a@-1");
            String session = events.next("session").data().replaceAll(".*:\"(.*)\".*", "$1");
            for (int i = 0; i < 2; i++) {
                connection.send("POST " + ROOT + "?live=sse HTTP/1.1\r\nHost: test\r\n" + JSON
                        + "\r\nContent-Length: 100000\r\n\r\n");
                connection.receive().isError(status, code);
                connection.send("x".repeat(100_000));
            }
            connection
                    .exchange("POST", ROOT + "?session=" + session, "{\"add\":[\"b@-1\"]}", JSON)
                    .is(200);
            reading.close();
            Awaitility.await().untilAsserted(() -> {
                TestConnection next = server.connect();
                next.request("POST", ROOT + "?live=sse", "[\"a@-1\"]", JSON);
                next.receiveEvents().close();
            });
        }
    }

    @Test
    void aListOfStreamsIsRefusedBeforeItArrivesIfItsClientHasNoLiveReadLeft() throws Exception {
        assertAListIsRefusedBeforeItArrives(set -> set.client("live=1"), 429, "live_limit");
    }

    @Test
    @MayLogFaults("requests are refused with 503")
    void aListOfStreamsIsRefusedBeforeItArrivesIfTheServerHasNoLiveReadLeft() throws Exception {
        assertAListIsRefusedBeforeItArrives(set -> set.liveReadsMax(1), 503, "overloaded");
    }

    @Test
    void liveReadsBeyondTheLimitAreRefusedUntilOneEnds() throws Exception {
        try (TestServer server = limited(set -> set.client("live=2"))) {
            String path = TestServer.path();
            server.put(path, "a", TEXT).is(201);
            TestConnection first = server.connect();
            first.events(path + "?offset=now&live=sse");
            try (TestConnection second = server.connect();
                    TestConnection third = server.connect()) {
                second.request("GET", path + "?offset=now&live=long-poll", "");
                Awaitility.await()
                        .untilAsserted(() -> get(third, path + "?offset=now&live=long-poll&timeout=0")
                                .isError(429, "live_limit"));
                get(third, path + "?offset=-1").is(200);
                first.close();
                Awaitility.await()
                        .untilAsserted(() ->
                                get(third, path + "?offset=-1&live=long-poll").is(200));
                server.post(path, "b", TEXT).is(204);
                second.receive().is(200);
                second.events(path + "?offset=now&live=sse");
                third.events(path + "?offset=now&live=sse");
                server.get(path + "?offset=-1&live=long-poll").isError(429, "live_limit");
            }
            Awaitility.await()
                    .untilAsserted(
                            () -> server.get(path + "?offset=-1&live=long-poll").is(200));
        }
    }

    @Test
    void liveReadsOfTheWholeServerAreCapped() throws Exception {
        try (TestServer server = limited(set -> set.liveReadsMax(1));
                TestConnection reader = server.connect()) {
            String path = TestServer.path();
            server.put(path, "a", TEXT).is(201);
            reader.events(path + "?offset=now&live=sse");

            Answer refused = server.get(path + "?offset=-1&live=long-poll").isError(503, "overloaded");

            assertThat(refused.field("Retry-After")).isEqualTo("1");
            assertThat(refused.field("RateLimit")).isNull();
        }
    }

    @Test
    void connectionsBeyondTheLimitOfTheirAddressAreClosed() throws Exception {
        try (TestServer server = limited(set -> set.client("connections=2"))) {
            try (TestConnection first = server.connect();
                    TestConnection second = server.connect()) {
                get(first, ROOT + "none").is(404);
                get(second, ROOT + "none").is(404);
                try (TestConnection third = server.connect()) {
                    third.assertEnds();
                }
            }
            Awaitility.await()
                    .ignoreExceptions()
                    .untilAsserted(() -> server.get(ROOT + "none").is(404));
        }
    }

    @Test
    void aTrustedProxyNamesTheClientAndNobodyElseDoes() throws Exception {
        try (TestServer server = limited(set -> set.client("requests=1/1h").trustedProxies("127.0.0.1"));
                TestConnection proxy = server.connect()) {
            get(proxy, ROOT + "none", "X-Forwarded-For: 203.0.113.1").is(404);
            get(proxy, ROOT + "none", "X-Forwarded-For: 203.0.113.1").is(429);
            get(proxy, ROOT + "none", "X-Forwarded-For: 6.6.6.6, 203.0.113.1").is(429);
            get(proxy, ROOT + "none", "X-Forwarded-For: 6.6.6.6", "X-Forwarded-For: 203.0.113.1")
                    .is(429);
            get(proxy, ROOT + "none", "X-Forwarded-For: 203.0.113.2").is(404);
        }
        try (TestServer server = limited(set -> set.client("requests=1/1h"));
                TestConnection client = server.connect()) {
            get(client, ROOT + "none", "X-Forwarded-For: 203.0.113.1").is(404);
            get(client, ROOT + "none", "X-Forwarded-For: 203.0.113.2").is(429);
        }
    }

    @Test
    void aLongAnswerPausesWhileItsClientHasBeenSentMoreThanItsLimit() throws Exception {
        try (TestServer server = limited(set -> set.client("out=2MiB/1s"));
                TestConnection connection = server.connect()) {
            String path = TestServer.path();
            String part = "z".repeat(1 << 20);
            server.put(path, "", TEXT).is(201);
            for (int i = 0; i < 6; i++) {
                server.post(path, part, TEXT).is(204);
            }
            long start = System.nanoTime();

            assertThat(get(connection, path + "?offset=-1").is(200).text()).hasSize(6 << 20);

            // The bucket holds 2 MiB and one window may exceed it: the rest takes its time.
            assertThat(System.nanoTime() - start).isGreaterThan(1_000_000_000L);
        }
    }

    @Test
    void namesAreLimitedByThemselvesAndFailedAuthenticationByAddress() throws Exception {
        NewToken alice = NewToken.make("alice", null);
        NewToken bob = NewToken.make("bob", null);
        Files.write(folder.resolve("tokens"), List.of(alice.line(), bob.line()));
        Files.write(folder.resolve("policy"), List.of("allow * all **"));
        replaceLimits("client * requests=2/1h", "client bob requests=4/1h");
        ServerConfig config = TestServer.config(change -> change.security(
                        security -> security.tokens(folder.resolve("tokens").toString())
                                .policy(folder.resolve("policy").toString()))
                .limits(set -> set.file(folder.resolve("limits").toString())));
        try (TestServer server = TestServer.started(config);
                TestConnection connection = server.connect()) {
            String ofAlice = "Authorization: Bearer " + alice.token();
            String ofBob = "Authorization: Bearer " + bob.token();
            get(connection, ROOT + "a", ofAlice).is(404);
            get(connection, ROOT + "a", ofAlice).is(404);
            get(connection, ROOT + "a", ofAlice).isError(429, "request_limit");
            for (int i = 0; i < 4; i++) {
                get(connection, ROOT + "a", ofBob).is(404);
            }
            get(connection, ROOT + "a", ofBob).isError(429, "request_limit");
            get(connection, ROOT + "a", "Authorization: Bearer wrong").is(401);
            get(connection, ROOT + "a").is(401);
            get(connection, ROOT + "a", "Authorization: Bearer wrong").isError(429, "request_limit");

            replaceLimits("client alice requests=100/1h");

            Awaitility.await()
                    .untilAsserted(() -> get(connection, ROOT + "a", ofAlice).is(404));
            replaceLimits("client alice requests=many");
            get(connection, ROOT + "a", ofAlice).is(404);
        }
    }

    private void replaceLimits(String... lines) throws IOException {
        Path made = Files.write(folder.resolve("limits.new"), List.of(lines));
        Files.move(made, folder.resolve("limits"), StandardCopyOption.REPLACE_EXISTING);
    }

    @Test
    void aTenantBeyondItsShareLeavesOthersAlone() throws Exception {
        try (TestServer server = limited(set -> set.tenants("tenants/*").tenant("requests=5/1h"));
                TestConnection connection = server.connect()) {
            for (int i = 0; i < 5; i++) {
                get(connection, ROOT + "tenants/greedy/" + i).is(404);
            }
            assertThat(get(connection, ROOT + "tenants/greedy/x")
                            .isError(429, "request_limit")
                            .field("RateLimit-Policy"))
                    .startsWith("\"tenant-requests\";q=5");
            get(connection, ROOT + "tenants/%67reedy").is(429);
            get(connection, ROOT + "tenants/modest/x").is(404);
            get(connection, ROOT + "elsewhere").is(404);
        }
    }

    @Test
    void theAdministrativeListenerIsNotLimited() throws Exception {
        ServerConfig config = TestServer.config(change -> change.listen(listen -> listen.adminListen("127.0.0.1:0"))
                .limits(set -> set.client("requests=1/1h,connections=1")));
        try (TestServer server = TestServer.started(config)) {
            for (int i = 0; i < 3; i++) {
                try (TestConnection admin =
                        new TestConnection(server.server().adminAddress().orElseThrow())) {
                    get(admin, "/health").is(200);
                    get(admin, "/health").is(200);
                }
            }
        }
    }
}
