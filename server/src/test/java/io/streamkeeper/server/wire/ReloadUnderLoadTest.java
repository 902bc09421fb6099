package io.streamkeeper.server.wire;

import static io.streamkeeper.server.wire.TestServer.TEXT;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.streamkeeper.protocol.leak.LeakRecorder;
import io.streamkeeper.server.DurableStreams;
import io.streamkeeper.server.DurableStreamsServer;
import io.streamkeeper.server.config.SecurityConfig;
import io.streamkeeper.server.config.ServerConfig;
import io.streamkeeper.server.security.DrivenPolicies;
import io.streamkeeper.server.security.JwtSigner;
import io.streamkeeper.server.security.NewToken;
import io.streamkeeper.storage.disk.Clock;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Keys, tokens and rules that change while clients append and read: no allowed request is refused or lost. */
@Timeout(120)
class ReloadUnderLoadTest {
    private static final int CHANGES = 20;
    private static final int APPENDERS = 2;
    private static final int READERS = 2;

    /** Requests that each client completes between two changes. */
    private static final int REQUESTS = 20;

    @TempDir
    private Path folder;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicLong nowNanos = new AtomicLong();
    private final AtomicInteger generation = new AtomicInteger();
    private final Map<String, AtomicInteger> done = new ConcurrentHashMap<>();
    private final Set<Integer> refusals = ConcurrentHashMap.newKeySet();
    private volatile boolean ends;
    private DurableStreams streams;
    private DurableStreamsServer server;

    @AfterEach
    void stop() {
        ends = true;
        threads.shutdownNow();
        if (server != null) {
            server.stop();
            streams.close();
        }
        LeakRecorder.assertNothingLeaked();
    }

    private void start(Consumer<SecurityConfig.Builder> security) throws IOException {
        ServerConfig config = TestServer.config(change -> change.security(security));
        streams = DurableStreams.open(config);
        server = DurableStreamsServer.start(
                streams, DrivenPolicies.open(config.security(), Clock.SYSTEM::nowMillis, nowNanos::get));
    }

    private void replace(String name, List<String> lines) throws IOException {
        Path made = Files.write(folder.resolve(name + ".new"), lines);
        Files.move(made, folder.resolve(name), StandardCopyOption.REPLACE_EXISTING);
    }

    private interface Step {
        /** One request; its number is that of the client's requests before it. */
        void take(TestConnection connection, int number) throws IOException;
    }

    /** A client that takes its step again and again over one connection. */
    private Future<Integer> client(String name, Step step) {
        AtomicInteger count = done.computeIfAbsent(name, any -> new AtomicInteger());
        return threads.submit(() -> {
            try (TestConnection connection = new TestConnection(server.address())) {
                while (!ends) {
                    step.take(connection, count.get());
                    count.incrementAndGet();
                }
            }
            return count.get();
        });
    }

    /** Waits until each client has completed some more requests, or one has failed. */
    private void awaitRequests(List<Future<Integer>> clients) throws Exception {
        Map<String, Integer> before = new ConcurrentHashMap<>();
        done.forEach((name, count) -> before.put(name, count.get()));
        Awaitility.await()
                .pollInterval(Duration.ofMillis(5))
                .until(() -> clients.stream().anyMatch(Future::isDone)
                        || done.entrySet().stream()
                                .allMatch(entry -> entry.getValue().get() >= before.get(entry.getKey()) + REQUESTS));
        for (Future<Integer> client : clients) {
            if (client.isDone()) {
                client.get();
            }
        }
    }

    private int sum(List<Future<Integer>> clients) throws Exception {
        ends = true;
        int sum = 0;
        for (Future<Integer> client : clients) {
            sum += client.get(30, TimeUnit.SECONDS);
        }
        return sum;
    }

    // ---- keys ----

    private static JwtSigner signer(int key) {
        return List.of(JwtSigner.EC, JwtSigner.RSA, JwtSigner.ED25519).get(key % 3);
    }

    private static String jwk(int key) {
        return signer(key).jwk("key-" + key);
    }

    private static String token(int key) {
        return "Authorization: Bearer "
                + signer(key)
                        .sign(
                                Map.of("kid", "key-" + key),
                                Map.of(
                                        "sub",
                                        "alice",
                                        "aud",
                                        "streams",
                                        "exp",
                                        Clock.SYSTEM.nowMillis() / 1_000 + 3_600));
    }

    /**
     * An issuer publishes the next key, signs with it when it is known, and then removes the one before, as the rotation
     * of keys is done. An event stream ends with the key of its token, and only then.
     */
    @Test
    void aRotationOfKeysLosesNoRequestAndEndsTheLiveReadsOfARemovedKey() throws Exception {
        AtomicInteger published = new AtomicInteger();
        HttpServer issuer = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        issuer.createContext("/jwks", exchange -> {
            int first = published.get();
            byte[] body = ("{\"keys\":[" + jwk(first) + "," + jwk(first + 1) + "]}").getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        issuer.start();
        try {
            replace("policy", List.of("allow alice all **"));
            String url = "http://127.0.0.1:" + issuer.getAddress().getPort() + "/jwks";
            start(security -> security.policy(folder.resolve("policy").toString())
                    .jwt(jwt -> jwt.jwks(url).audience("streams").jwksRefreshSeconds(300)));
            rotate(published);
        } finally {
            issuer.stop(0);
        }
    }

    private void rotate(AtomicInteger published) throws Exception {
        String path = TestServer.path();
        probe("PUT", path, 0, 201);
        List<Future<Integer>> appends = new ArrayList<>();
        for (int i = 0; i < APPENDERS; i++) {
            appends.add(client(
                    "append " + i,
                    (connection, number) -> connection
                            .exchange("POST", path, "x", TEXT, token(generation.get()))
                            .is(204)));
        }
        List<Future<Integer>> all = new ArrayList<>(appends);
        for (int i = 0; i < READERS; i++) {
            all.add(client(
                    "read " + i,
                    (connection, number) -> connection
                            .exchange("GET", path + "?offset=-1", "", token(generation.get()))
                            .is(200)));
        }
        for (int i = 0; i < CHANGES; i++) {
            int old = generation.get();
            try (EventReader events =
                    new TestConnection(server.address()).events(path + "?live=sse&offset=now", token(old))) {
                events.control();
                published.set(old);
                nowNanos.addAndGet(TimeUnit.SECONDS.toNanos(300));
                Awaitility.await().pollInterval(Duration.ofMillis(5)).until(() -> isKnown(path, old + 1));
                generation.set(old + 1);
                awaitRequests(all);
                published.set(old + 1);
                nowNanos.addAndGet(TimeUnit.SECONDS.toNanos(300));
                Event event = events.next();
                while (!event.data().contains("\"authorizationEnded\":true")) {
                    event = events.next();
                    assertThat(event)
                            .as("the events end with the end of the authorization")
                            .isNotNull();
                }
                assertThat(events.next()).isNull();
            }
            probe("GET", path, old, 401);
        }
        assertThat(sum(appends)).isGreaterThan(CHANGES * REQUESTS);
        sum(all);
        try (TestConnection connection = new TestConnection(server.address())) {
            assertThat(connection
                            .exchange("GET", path, "", token(generation.get()))
                            .is(200)
                            .text())
                    .hasSize(sum(appends));
        }
    }

    private boolean isKnown(String path, int key) throws IOException {
        try (TestConnection connection = new TestConnection(server.address())) {
            return connection.exchange("HEAD", path, "", token(key)).status() == 200;
        }
    }

    private void probe(String method, String path, int key, int status) throws IOException {
        try (TestConnection connection = new TestConnection(server.address())) {
            connection.exchange(method, path, "", TEXT, token(key)).is(status);
        }
    }

    // ---- tokens and rules ----

    /** One client is allowed all the time, another one by every second policy. */
    @Test
    void newRulesAndTokensLoseNoRequestOfAnAllowedClientAndNoForbiddenAppendIsStored() throws Exception {
        NewToken always = NewToken.make("always", null);
        NewToken sometimes = NewToken.make("sometimes", null);
        replace("tokens", List.of(always.line(), sometimes.line()));
        replace("policy", List.of("allow always all **", "allow sometimes append **"));
        start(security -> security.tokens(folder.resolve("tokens").toString())
                .policy(folder.resolve("policy").toString()));
        String path = TestServer.path();
        String own = "Authorization: Bearer " + always.token();
        String other = "Authorization: Bearer " + sometimes.token();
        try (TestConnection connection = new TestConnection(server.address())) {
            connection.exchange("PUT", path, "", TEXT, own).is(201);
        }
        AtomicInteger accepted = new AtomicInteger();
        List<Future<Integer>> appends = new ArrayList<>();
        for (int i = 0; i < APPENDERS; i++) {
            appends.add(client(
                    "append " + i,
                    (connection, number) ->
                            connection.exchange("POST", path, "a", TEXT, own).is(204)));
        }
        List<Future<Integer>> all = new ArrayList<>(appends);
        all.add(client(
                "reads",
                (connection, number) ->
                        connection.exchange("GET", path + "?offset=-1", "", own).is(200)));
        all.add(client("sometimes", (connection, number) -> {
            int status = connection.exchange("POST", path, "s", TEXT, other).status();
            assertThat(status).isIn(204, 401, 403);
            if (status == 204) {
                accepted.incrementAndGet();
            } else {
                refusals.add(status);
            }
        }));
        for (int change = 0; change < CHANGES; change++) {
            boolean isAllowed = change % 4 != 1;
            boolean isKnown = change % 4 != 3;
            replace(
                    "policy",
                    List.of(
                            "# " + change,
                            "allow always all **",
                            "allow " + (isAllowed ? "sometimes" : "nobody") + " append **"));
            replace("tokens", isKnown ? List.of(sometimes.line(), always.line()) : List.of(always.line()));
            int status = isAllowed ? isKnown ? 204 : 401 : 403;
            Awaitility.await().pollInterval(Duration.ofMillis(5)).until(() -> {
                try (TestConnection connection = new TestConnection(server.address())) {
                    int found =
                            connection.exchange("POST", path, "s", TEXT, other).status();
                    if (found == 204) {
                        accepted.incrementAndGet();
                    }
                    return found == status;
                }
            });
            awaitRequests(all);
        }
        int appended = sum(appends);
        sum(all);
        assertThat(refusals).containsExactlyInAnyOrder(401, 403);
        try (TestConnection connection = new TestConnection(server.address())) {
            String text = connection.exchange("GET", path, "", own).is(200).text();
            assertThat(text.chars().filter(c -> c == 'a').count()).isEqualTo(appended);
            assertThat(text.chars().filter(c -> c == 's').count()).isEqualTo(accepted.get());
        }
    }
}
