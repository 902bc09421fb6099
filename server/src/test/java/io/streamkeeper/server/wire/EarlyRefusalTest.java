package io.streamkeeper.server.wire;

import static io.streamkeeper.server.wire.TestServer.TEXT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.protocol.leak.LeakRecorder;
import io.streamkeeper.server.DurableStreams;
import io.streamkeeper.server.DurableStreamsServer;
import io.streamkeeper.server.metrics.Metric;
import io.streamkeeper.server.security.Action;
import io.streamkeeper.server.security.Authentication;
import io.streamkeeper.server.security.Credentials;
import io.streamkeeper.server.security.Principal;
import io.streamkeeper.server.security.SecurityPolicy;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that are refused before their bodies have arrived. */
@Timeout(120)
class EarlyRefusalTest {
    private static final String KNOWN = "Authorization: Bearer known";
    private static final String FORBIDDEN = "Authorization: Bearer forbidden";
    private static final String LATER = "Authorization: Bearer later";
    private static final int BODY_BYTES = 100_000;

    private static final OwnPolicy POLICY = new OwnPolicy();
    private static DurableStreams streams;
    private static DurableStreamsServer server;

    private String path;

    /** Knows two clients at once, and any other one when the test decides. */
    private static final class OwnPolicy implements SecurityPolicy {
        private final AtomicInteger asked = new AtomicInteger();
        private volatile CompletableFuture<Authentication> later = new CompletableFuture<>();
        private volatile boolean isRevoked;
        private volatile Runnable changed = () -> {};

        @Override
        public CompletableFuture<Authentication> authenticate(Credentials credentials) {
            asked.incrementAndGet();
            String authorization = credentials.authorization();
            if (authorization == null) {
                return CompletableFuture.completedFuture(Authentication.of(Principal.ANONYMOUS));
            }
            if (authorization.endsWith("later")) {
                return later;
            }
            return CompletableFuture.completedFuture(
                    isRevoked
                            ? Authentication.refused("revoked")
                            : Authentication.of(Principal.named(authorization.substring("Bearer ".length()))));
        }

        @Override
        public boolean allows(Principal principal, Action action, StreamPath path) {
            return principal.name().equals("known");
        }

        @Override
        public boolean allowsAnywhere(Principal principal, Action action) {
            return principal.name().equals("known");
        }

        @Override
        public void onChange(Runnable newChanged) {
            changed = newChanged;
        }

        void revoke(boolean newRevoked) {
            isRevoked = newRevoked;
            changed.run();
        }
    }

    @BeforeAll
    static void start() throws IOException {
        streams = DurableStreams.open(TestServer.config());
        server = DurableStreamsServer.start(streams, POLICY);
    }

    @AfterAll
    static void stop() {
        server.stop();
        streams.close();
        LeakRecorder.assertNothingLeaked();
    }

    @BeforeEach
    void create() throws IOException {
        POLICY.revoke(false);
        POLICY.later = new CompletableFuture<>();
        path = TestServer.path();
        try (TestConnection connection = connect()) {
            connection.exchange("PUT", path, "", TEXT, KNOWN).is(201);
        }
    }

    private static TestConnection connect() throws IOException {
        return new TestConnection(server.address());
    }

    /** Sends a head that announces a body, and {@code sent} bytes of the body. */
    private void begin(TestConnection connection, String fields, int announced, int sent) throws IOException {
        connection.send("POST " + path + " HTTP/1.1\r\nHost: test\r\n" + TEXT + "\r\n" + fields + "\r\nContent-Length: "
                + announced + "\r\n\r\n");
        connection.send("x".repeat(sent));
    }

    private void assertEmpty() throws IOException {
        try (TestConnection connection = connect()) {
            assertThat(connection.exchange("GET", path, "", KNOWN).is(200).text())
                    .isEmpty();
        }
    }

    private static long bodyBytes() throws Exception {
        return streams.metrics().get(20, TimeUnit.SECONDS).value(Metric.BUDGET_USED_BYTES, "bodies");
    }

    @ParameterizedTest
    @CsvSource({
        "X-Nothing: 1, 401",
        "Authorization: Bearer forbidden, 403",
        "Authorization: Basic known, 403",
        "Origin: https://evil.example, 403"
    })
    void theAnswerDoesNotWaitForTheBody(String field, int status) throws Exception {
        try (TestConnection connection = connect()) {
            begin(connection, field, BODY_BYTES, 0);
            Answer answer = connection.receive().is(status);
            assertThat(answer.field("Connection")).isNull();
            assertThat(bodyBytes()).isZero();

            connection.send("x".repeat(BODY_BYTES));
            connection.exchange("POST", path, "", "Stream-Closed: true", KNOWN).is(204);
        }
        assertEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "?live=sse, X-Nothing: 1, 401",
        "?session=x, X-Nothing: 1, 401",
        "?live=sse, Authorization: Bearer forbidden, 403"
    })
    void aListOfStreamsIsRefusedBeforeItArrivesIfNoneMayBeRead(String query, String field, int status)
            throws Exception {
        try (TestConnection connection = connect()) {
            connection.send("POST " + TestServer.ROOT + query + " HTTP/1.1\r\nHost: test\r\n" + TestServer.JSON + "\r\n"
                    + field + "\r\nContent-Length: " + BODY_BYTES + "\r\n\r\n[");
            connection.receive().is(status);
            assertThat(bodyBytes()).isZero();
        }
        try (TestConnection connection = connect()) {
            connection
                    .exchange("GET", TestServer.ROOT + "?live=sse&stream=a@-1", "", field)
                    .is(status);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Expect: 100-continue", "Expect: 100-continue\r\n" + FORBIDDEN})
    void aClientThatAwaitsContinueGetsTheRefusalInPlaceOfIt(String fields) throws IOException {
        try (TestConnection connection = connect()) {
            begin(connection, fields, 10, 0);
            Answer answer = connection.receive();
            assertThat(answer.status()).isIn(401, 403);
            assertThat(answer.field("Connection")).isEqualTo("close");
            connection.assertEnds();
        }
    }

    @Test
    void aLongBodyIsNotReadButTheClientGetsTheAnswerWhileItSends() throws IOException {
        try (TestConnection connection = connect()) {
            begin(connection, "X-Nothing: 1", 8 << 20, 4 << 20);
            assertThat(connection.receive().is(401).field("Connection")).isEqualTo("close");
        }
        assertEmpty();
    }

    @Test
    void aChunkedBodyEndsTheConnection() throws IOException {
        try (TestConnection connection = connect()) {
            connection.send("POST " + path + " HTTP/1.1\r\nHost: test\r\n" + TEXT
                    + "\r\nTransfer-Encoding: chunked\r\n\r\n" + "5\r\nhello\r\n");
            assertThat(connection.receive().is(401).field("Connection")).isEqualTo("close");
            connection.assertEnds();
        }
        assertEmpty();
    }

    @Test
    void refusalsKeepTheirPlaceInAPipeline() throws IOException {
        try (TestConnection connection = connect()) {
            connection.request("POST", path, "a", TEXT, KNOWN);
            begin(connection, FORBIDDEN, BODY_BYTES, BODY_BYTES);
            connection.request("POST", path, "b", TEXT, KNOWN);
            begin(connection, "X-Nothing: 1", BODY_BYTES, BODY_BYTES);
            connection.receive().is(204);
            connection.receive().is(403);
            connection.receive().is(204);
            connection.receive().is(401);
            assertThat(connection.exchange("GET", path, "", KNOWN).is(200).text())
                    .isEqualTo("ab");
        }
    }

    @Test
    void aBodyIsNotReadUntilItsClientIsKnown() throws Exception {
        try (TestConnection connection = connect()) {
            int before = POLICY.asked.get();
            begin(connection, LATER, BODY_BYTES, BODY_BYTES / 2);
            await().until(() -> POLICY.asked.get() == before + 1);
            assertThat(bodyBytes()).isZero();

            POLICY.later.complete(Authentication.of(Principal.named("known")));
            connection.send("x".repeat(BODY_BYTES / 2));
            connection.receive().is(204);
            assertThat(connection
                            .exchange("GET", path + "?offset=-1", "", KNOWN)
                            .is(200)
                            .text())
                    .hasSize(BODY_BYTES);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, BODY_BYTES / 2, BODY_BYTES})
    void aClientThatTurnsOutNotToBeAllowedIsRefusedAndItsConnectionStays(int sent) throws Exception {
        try (TestConnection connection = connect()) {
            int before = POLICY.asked.get();
            begin(connection, LATER, BODY_BYTES, sent);
            await().until(() -> POLICY.asked.get() >= before + 1);

            POLICY.later.complete(Authentication.refused("not known"));
            connection.receive().isError(401, "unauthenticated");
            connection.send("x".repeat(BODY_BYTES - sent));
            connection.exchange("POST", path, "y", TEXT, KNOWN).is(204);
        }
    }

    @Test
    void aChangeWhileTheBodyArrivesIsDecidedByTheNewRules() throws Exception {
        try (TestConnection connection = connect()) {
            int before = POLICY.asked.get();
            begin(connection, KNOWN, BODY_BYTES, BODY_BYTES / 2);
            await().until(() -> POLICY.asked.get() == before + 1);
            POLICY.revoke(true);
            connection.send("x".repeat(BODY_BYTES / 2));
            connection.receive().isError(401, "unauthenticated");
            POLICY.revoke(false);
        }
        assertEmpty();
    }

    @Test
    void aClientThatLeavesWhileItIsNotKnownLeavesNothing() throws Exception {
        TestConnection connection = connect();
        int before = POLICY.asked.get();
        begin(connection, LATER, BODY_BYTES, BODY_BYTES / 2);
        await().until(() -> POLICY.asked.get() == before + 1);
        connection.close();
        POLICY.later.complete(Authentication.of(Principal.named("known")));
        assertEmpty();
        await().until(() -> bodyBytes() == 0);
    }
}
