package io.streamkeeper.server.wire;

import static io.streamkeeper.server.wire.FrameClient.DATA;
import static io.streamkeeper.server.wire.FrameClient.END_HEADERS;
import static io.streamkeeper.server.wire.FrameClient.END_STREAM;
import static io.streamkeeper.server.wire.FrameClient.HEADERS;
import static io.streamkeeper.server.wire.FrameClient.PROTOCOL_ERROR;
import static io.streamkeeper.server.wire.FrameClient.RST_STREAM;
import static io.streamkeeper.server.wire.TestServer.ROOT;
import static io.streamkeeper.server.wire.TestServer.TEXT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.protocol.leak.LeakRecorder;
import io.streamkeeper.server.DurableStreams;
import io.streamkeeper.server.DurableStreamsServer;
import io.streamkeeper.server.config.ServerConfig;
import io.streamkeeper.server.security.Action;
import io.streamkeeper.server.security.Authentication;
import io.streamkeeper.server.security.Credentials;
import io.streamkeeper.server.security.Principal;
import io.streamkeeper.server.security.SecurityPolicy;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Ways around the checks of hosts, origins and credentials that HTTP/2 has and HTTP/1.1 has not. */
@Timeout(60)
class Http2AccessTest {
    private static final String KNOWN = "Bearer known";
    private static final String SECRET = ROOT + "secret";

    @TempDir
    static Path folder;

    private static final TestPolicy POLICY = new TestPolicy();
    private static DurableStreams streams;
    private static DurableStreamsServer server;

    /** Knows one token, and waits for {@link #gate} before it decides, if there is one. */
    private static final class TestPolicy implements SecurityPolicy {
        private final AtomicInteger asked = new AtomicInteger();
        private volatile CompletableFuture<Void> gate = CompletableFuture.completedFuture(null);
        private volatile Runnable changed = () -> {};

        @Override
        public CompletableFuture<Authentication> authenticate(Credentials credentials) {
            asked.incrementAndGet();
            Authentication result = KNOWN.equals(credentials.authorization())
                    ? Authentication.of(new Principal("known", Long.MAX_VALUE, List.of(), true))
                    : Authentication.refused("the token is unknown");
            return gate.thenApply(opened -> result);
        }

        @Override
        public boolean allows(Principal principal, Action action, StreamPath path) {
            return true;
        }

        @Override
        public void onChange(Runnable newChanged) {
            changed = newChanged;
        }
    }

    @BeforeAll
    static void start() throws IOException {
        ServerConfig config = TestServer.config(all ->
                all.security(security -> security.audit(folder.resolve("audit").toString())));
        streams = DurableStreams.open(config);
        server = DurableStreamsServer.start(streams, POLICY);
        try (FrameClient client = client()) {
            client.exchange(1, "PUT", SECRET, "kept", TEXT, "Authorization: " + KNOWN)
                    .is(201);
        }
    }

    @AfterAll
    static void stop() {
        server.stop();
        streams.close();
        LeakRecorder.assertNothingLeaked();
    }

    @BeforeEach
    void decideAtOnce() {
        POLICY.gate = CompletableFuture.completedFuture(null);
    }

    private static FrameClient client() throws IOException {
        return FrameClient.silent(server.address(), false).begin();
    }

    private static void send(FrameClient client, int stream, String fields) throws IOException {
        client.send(HEADERS, END_HEADERS | END_STREAM, stream, client.block(fields.split("[;=]", -1)));
    }

    private static String[] with(String... fields) {
        List<String> all = new ArrayList<>(List.of(fields));
        all.add("Authorization: " + KNOWN);
        return all.toArray(String[]::new);
    }

    /** The content of the stream, which no attempt may have changed. */
    private static void assertKept(FrameClient client, int stream) throws IOException {
        assertThat(client.exchange(stream, "GET", SECRET + "?offset=-1", null, with())
                        .is(200)
                        .text())
                .isEqualTo("kept");
    }

    // ---- before the body ----

    private static byte[] post(FrameClient client, String... fields) {
        return client.block(FrameClient.fields("POST", SECRET, fields));
    }

    @Test
    void theRefusalOfARequestDoesNotWaitForItsBody() throws IOException {
        try (FrameClient client = client()) {
            client.send(HEADERS, END_HEADERS, 1, post(client, TEXT, "Authorization: Bearer unknown"));
            client.answer(1).is(401);
            client.send(HEADERS, END_HEADERS, 3, post(client, TEXT, "Expect: 100-continue"));
            client.answer(3).is(401);
            assertKept(client, 5);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theBodyOfAClientThatIsNotKnownYetWaits(boolean isKnown) throws Exception {
        try (FrameClient client = client()) {
            POLICY.gate = new CompletableFuture<>();
            int before = POLICY.asked.get();
            client.send(
                    HEADERS,
                    END_HEADERS,
                    1,
                    post(client, "Content-Type: text/other", "Authorization: " + (isKnown ? KNOWN : "Bearer unknown")));
            client.send(DATA, 0, 1, "half ".getBytes(StandardCharsets.US_ASCII));
            await().until(() -> POLICY.asked.get() > before);

            POLICY.gate.complete(null);
            if (isKnown) {
                client.send(DATA, END_STREAM, 1, "and half".getBytes(StandardCharsets.US_ASCII));
            }
            // The type is not that of the stream, so nothing is appended.
            client.answer(1).is(isKnown ? 409 : 401);
            assertKept(client, 3);
        }
    }

    // ---- the host ----

    @ParameterizedTest
    @ValueSource(
            strings = {
                ":method=DELETE;:scheme=http;:path=PATH;:authority=localhost;host=evil.example",
                ":method=DELETE;:scheme=http;:path=PATH;:authority=evil.example;host=localhost",
                ":method=DELETE;:scheme=http;:path=PATH;:authority=localhost;host=localhost;host=evil.example",
                ":method=DELETE;:scheme=http;:path=PATH;:authority=localhost;:authority=evil.example",
                ":method=DELETE;:scheme=http;:path=PATH;:authority=;host=localhost",
                ":method=DELETE;:scheme=http;:path=PATH;:authority=",
                ":method=DELETE;:scheme=http;:path=PATH;host=localhost;:authority=evil.example",
                ":method=DELETE;:scheme=http;:path=http://localhostPATH;:authority=localhost",
                ":method=DELETE;:scheme=http;:path=http://localhostPATH;:authority=evil.example",
                ":method=DELETE;:scheme=http;:path=PATH HTTP/1.1;:authority=localhost",
                ":method=DELETE;:scheme=http;:path=*;:authority=localhost",
                ":method=DELETE PATH;:scheme=http;:path=PATH;:authority=localhost",
                ":method=CONNECT;:authority=localhost",
            })
    void aHeadThatTwoPartiesCouldReadDifferentlyEndsItsStream(String fields) throws IOException {
        try (FrameClient client = client()) {
            send(client, 1, fields.replace("PATH", SECRET) + ";authorization=" + KNOWN);
            FrameClient.Frame answer = client.next();
            assertThat(answer).isNotNull();
            if (answer.type() == RST_STREAM) {
                assertThat(answer.error()).isEqualTo(PROTOCOL_ERROR);
            } else {
                assertThat(answer.fields().get(":status")).isEqualTo("400");
            }
            assertKept(client, 3);
        }
    }

    @Test
    void anotherHostIsRefusedInEitherField() throws IOException {
        try (FrameClient client = client()) {
            client.exchange(1, "DELETE", SECRET, null, with("Host: evil.example"))
                    .isError(403, "host_not_allowed");
            send(client, 3, ":method=DELETE;:scheme=http;:path=" + SECRET + ";host=evil.example");
            client.answer(3).isError(403, "host_not_allowed");
            send(client, 5, ":method=GET;:scheme=https;:path=/health;:authority=evil.example");
            client.answer(5).isError(403, "host_not_allowed");
            send(client, 7, ":method=GET;:scheme=http;:path=/health;host=localhost");
            client.answer(7).is(200);
            send(client, 9, ":method=GET;:scheme=http;:path=/health;:authority=LOCALHOST;host=localhost");
            client.answer(9).is(200);
            assertKept(client, 11);
        }
    }

    @Test
    void aRequestThatNamesNoHostIsRefused() throws IOException {
        try (FrameClient client = client()) {
            send(client, 1, ":method=DELETE;:scheme=http;:path=" + SECRET + ";authorization=" + KNOWN);
            client.answer(1).isError(400, "invalid_request");
            send(client, 3, ":method=DELETE;:scheme=http;:path=" + SECRET + ";:authority=user@localhost");
            client.answer(3).isError(400, "invalid_request");
            assertKept(client, 5);
        }
    }

    @Test
    void aPageOfAnotherOriginDoesNotWrite() throws IOException {
        try (FrameClient client = client()) {
            client.exchange(1, "POST", SECRET, "evil", with(TEXT, "Origin: https://evil.example"))
                    .isError(403, "origin_not_allowed");
            client.exchange(3, "DELETE", SECRET, null, with("Origin: null")).isError(403, "origin_not_allowed");
            assertKept(client, 5);
        }
    }

    // ---- credentials ----

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Authorization=" + KNOWN,
                "authorization=" + KNOWN + ";connection=authorization",
                "authorization=" + KNOWN + ";keep-alive=5",
                "authorization=" + KNOWN + ";proxy-connection=close",
                "authorization=" + KNOWN + ";transfer-encoding=chunked",
                "authorization=" + KNOWN + ";upgrade=h2c",
                "authorization=" + KNOWN + ";te=gzip",
                "authorization=" + KNOWN + ";:path=/health",
                "authorization =" + KNOWN,
                "=" + KNOWN,
            })
    void fieldsThatHttp2DoesNotHaveEndTheirStream(String fields) throws IOException {
        try (FrameClient client = client()) {
            send(client, 1, ":method=DELETE;:scheme=http;:path=" + SECRET + ";:authority=localhost;" + fields);
            assertThat(client.await(RST_STREAM).error()).isEqualTo(PROTOCOL_ERROR);
            assertKept(client, 3);
        }
    }

    @Test
    void everyStreamIsDecidedByItsOwnCredentials() throws IOException {
        try (FrameClient client = client()) {
            client.exchange(1, "DELETE", SECRET, null).isError(401, "unauthenticated");
            assertKept(client, 3);
            client.exchange(5, "DELETE", SECRET, null).isError(401, "unauthenticated");
            client.exchange(7, "DELETE", SECRET, null, "Authorization: Bearer other")
                    .isError(401, "unauthenticated");
            client.exchange(9, "DELETE", SECRET, null, with("Authorization: Bearer other"))
                    .isError(400, "invalid_header");
            client.exchange(11, "HEAD", SECRET, null, with("Authorization: " + KNOWN))
                    .is(200);
            assertKept(client, 13);
        }
    }

    @Test
    void theStreamsOfAConnectionAreAuthenticatedOnce() throws IOException {
        try (FrameClient client = client()) {
            int before = POLICY.asked.get();
            for (int stream = 1; stream < 100; stream += 2) {
                client.exchange(stream, "HEAD", SECRET, null, with()).is(200);
            }
            assertThat(POLICY.asked.get() - before).isEqualTo(1);
        }
    }

    @Test
    void streamsThatBeginDuringAnAuthenticationWaitForItsResult() throws IOException {
        try (FrameClient client = client()) {
            POLICY.changed.run();
            int before = POLICY.asked.get();
            CompletableFuture<Void> gate = new CompletableFuture<>();
            POLICY.gate = gate;
            for (int stream = 1; stream < 20; stream += 2) {
                client.request(stream, "HEAD", SECRET, null, with());
            }
            client.exchange(21, "GET", "/health", null).is(200);
            assertThat(POLICY.asked.get() - before).isEqualTo(1);
            gate.complete(null);
            for (int stream = 1; stream < 20; stream += 2) {
                client.head(stream).is(200);
            }
        }
    }

    @Test
    void credentialsThatWereRefusedAreNotRemembered() throws IOException {
        try (FrameClient client = client()) {
            POLICY.changed.run();
            CompletableFuture<Void> gate = new CompletableFuture<>();
            POLICY.gate = gate;
            client.request(1, "GET", SECRET, null, "Authorization: Bearer other");
            client.exchange(3, "GET", "/health", null).is(200);
            gate.complete(null);
            client.answer(1).isError(401, "unauthenticated");
            int asked = POLICY.asked.get();
            client.exchange(5, "GET", SECRET, null, "Authorization: Bearer other")
                    .isError(401, "unauthenticated");
            assertThat(POLICY.asked.get() - asked).isEqualTo(1);
        }
    }

    @Test
    void theAuditLogContainsTheRequestsOfStreams() throws IOException {
        try (FrameClient client = client()) {
            client.exchange(1, "POST", ROOT + "audited-none", "x", with(TEXT)).is(404);
        }
        await().untilAsserted(() -> assertThat(Files.readString(folder.resolve("audit")))
                .contains("audited-none")
                .contains("\"who\":\"known\"")
                .contains("127.0.0.1"));
    }
}
