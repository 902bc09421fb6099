package io.streamkeeper.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import io.streamkeeper.server.tls.Identities;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The packaged jar with a real nginx in front, in the documented configurations (docs/nginx.md). Skipped, with a line,
 * where nginx is not installed.
 */
@Timeout(300)
class NginxIT {
    private static final Duration LONG_POLL_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration SUITE_MAX = Duration.ofMinutes(4);

    @TempDir
    private Path folder;

    private final HttpClient client =
            HttpClient.newBuilder().sslContext(Identities.client(null)).build();
    private URI base;

    @BeforeAll
    static void requireNginx() {
        if (Nginx.program() == null) {
            String message = "the tests with nginx have NOT been run: nginx is not installed";
            System.err.println(message);
            abort(message);
        }
    }

    @Test
    void theOfficialSuitePasses() throws Exception {
        if (ConformanceSuite.npmIsMissing()) {
            abort(ConformanceSuite.NPM_IS_MISSING);
        }
        ConformanceSuite suite = ConformanceSuite.install();
        int port = Nginx.freePort();
        // Webhooks contain the URL of nginx, so callbacks pass through it too.
        try (PackagedServer server =
                        server("--allow-local-webhooks", "--public-url", "https://localhost:" + port + "/v1/stream/");
                Nginx nginx = Nginx.start("streams", folder, server.uri().getPort(), port)) {
            base = urlOf(nginx);
            ConformanceSuite.Ran ran = suite.run(
                    "nginx",
                    base,
                    LONG_POLL_TIMEOUT,
                    SUITE_MAX,
                    Map.of("NODE_EXTRA_CA_CERTS", nginx.certificate().toString(), "STREAMKEEPER_SUBSCRIPTIONS", "true"),
                    List.of(ConformanceSuite.SPEC));
            VitestReport.SpecFile file = VitestReport.read(ran.report()).file(ConformanceSuite.SPEC);
            assertThat(file.testsOtherThan("passed")).as(ran::printed).isEmpty();
            assertThat(file.testsThatAre("passed")).hasSizeGreaterThan(300);
            assertThat(nginx.log()).doesNotContain("[error]", "[crit]");
        }
    }

    @Test
    void aLargeBodyPassesAndIsReadUnchanged() throws Exception {
        try (PackagedServer server = server("--max-body", "64MiB");
                Nginx nginx = front("streams", server)) {
            byte[] body = new byte[33_000_000];
            new Random(7).nextBytes(body);
            create("large", "application/octet-stream");
            HttpRequest append = request("large")
                    .header("Content-Type", "application/octet-stream")
                    .POST(BodyPublishers.ofByteArray(body))
                    .build();
            assertThat(client.send(append, BodyHandlers.discarding()).statusCode())
                    .isEqualTo(204);

            byte[] read = client.send(request("large").build(), BodyHandlers.ofByteArray())
                    .body();

            assertThat(read).isEqualTo(body);
            assertThat(nginx.log()).doesNotContain("buffered to a temporary file");
        }
    }

    @Test
    void locationHasTheHostAndTheSchemeOfTheClient() throws Exception {
        try (PackagedServer server = server();
                Nginx nginx = front("streams", server)) {
            assertThat(create("located", "text/plain").headers().firstValue("Location"))
                    .contains("https://localhost:" + nginx.port() + "/v1/stream/located");
        }
    }

    @Test
    void eventsAndLongPollsAreDeliveredWhileTheStreamIsLive() throws Exception {
        for (String configuration : List.of("streams", "streams-cached")) {
            try (PackagedServer server = server();
                    Nginx nginx = front(configuration, server)) {
                String path = "live-" + configuration;
                create(path, "text/plain");
                HttpResponse<InputStream> events =
                        client.send(request(path + "?offset=-1&live=sse").build(), BodyHandlers.ofInputStream());
                BufferedReader lines = new BufferedReader(new InputStreamReader(events.body(), StandardCharsets.UTF_8));
                awaitLine(lines, "event: control");
                for (int i = 0; i < 3; i++) {
                    append(path, "event-" + i);
                    // The next append waits for the event, so a response that is buffered would never end.
                    awaitLine(lines, "data:event-" + i);
                }
                events.body().close();

                CompletableFuture<HttpResponse<String>> poll = client.sendAsync(
                        request(path + "?offset=now&live=long-poll").build(), BodyHandlers.ofString());
                while (!poll.isDone()) {
                    append(path, "polled");
                }
                assertThat(poll.get().statusCode()).isEqualTo(200);
                assertThat(poll.get().body()).startsWith("polled");
                assertThat(nginx.log()).doesNotContain("[error]", "[crit]");
            }
        }
    }

    @Test
    void readersOfAnOpenStreamShareTheCacheAndALiveReadDoesNot() throws Exception {
        try (PackagedServer server = server();
                Nginx nginx = front("streams-cached", server)) {
            create("open", "text/plain");
            append("open", "shared");
            List<String> statuses = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                statuses.add(cacheStatus(read("open?offset=-1", null)));
            }
            assertThat(statuses).containsExactly("MISS", "HIT", "HIT");
            assertThat(cacheStatus(read("open?live=long-poll&offset=-1", null))).isEqualTo("BYPASS");
            assertThat(cacheStatus(read("open?live=long-poll&offset=-1", null))).isEqualTo("BYPASS");
            append("open", " and more");
            HttpRequest head =
                    request("open").method("HEAD", BodyPublishers.noBody()).build();
            HttpRequest tail = request("open?offset=now").build();
            assertThat(client.send(head, BodyHandlers.discarding()).headers().firstValue("Stream-Next-Offset"))
                    .as("HEAD returns the current tail, not a cached one")
                    .isEqualTo(client.send(tail, BodyHandlers.discarding())
                            .headers()
                            .firstValue("Stream-Next-Offset"))
                    .isPresent();
            assertThat(nginx.log()).doesNotContain("[error]", "[crit]");
        }
    }

    @Test
    void theCacheGivesNoReaderWhatAnotherHasRead() throws Exception {
        PolicyFiles policy = PolicyFiles.write(folder);
        String query = policy.signedQuery("private");
        try (PackagedServer server = server(policy.flags().toArray(String[]::new));
                Nginx nginx = front("streams-cached", server)) {
            assertThat(send("private/a", "PUT", "secret", PolicyFiles.ALICE).statusCode())
                    .isEqualTo(201);
            assertThat(send("public/a", "PUT", "for all", PolicyFiles.ALICE).statusCode())
                    .isEqualTo(201);

            for (int i = 0; i < 3; i++) {
                HttpResponse<String> alice = read("private/a?offset=-1", PolicyFiles.ALICE);
                assertThat(alice.body()).isEqualTo("secret");
                assertThat(cacheStatus(alice)).isEqualTo("MISS");
                assertThat(alice.headers().firstValue("Cache-Control").orElse(""))
                        .contains("private");
                assertThat(alice.headers().allValues("Vary").toString()).contains("Authorization");
                assertThat(read("private/a?offset=-1", PolicyFiles.BOB).statusCode())
                        .isEqualTo(403);
                assertThat(read("private/a?offset=-1", null).statusCode()).isEqualTo(401);
                HttpResponse<String> signed = read("private/a?" + query + "&offset=-1", null);
                assertThat(signed.body()).isEqualTo("secret");
                assertThat(cacheStatus(signed)).isEqualTo("MISS");
            }
            // What everybody may read is stored for requests without credentials; nginx reads one field Vary.
            assertThat(cacheStatus(read("public/a?offset=-1", null))).isEqualTo("MISS");
            assertThat(cacheStatus(read("public/a?offset=-1", null))).isEqualTo("HIT");
            assertThat(cacheStatus(read("public/a?offset=-1", PolicyFiles.BOB))).isEqualTo("MISS");
            assertThat(cacheStatus(read("public/a?offset=-1", null))).isEqualTo("HIT");
            assertThat(nginx.log()).doesNotContain("signature=", PolicyFiles.ALICE);
        }
    }

    private PackagedServer server(String... flags) throws IOException {
        List<String> all = new ArrayList<>(List.of("--long-poll-timeout", LONG_POLL_TIMEOUT.toSeconds() + "s"));
        all.addAll(List.of(flags));
        return PackagedServer.start(PackagedServer.runningJava(), folder.resolve("server.log"), all);
    }

    private Nginx front(String configuration, PackagedServer server) throws Exception {
        Nginx nginx = Nginx.start(
                configuration, folder.resolve(configuration), server.uri().getPort());
        base = urlOf(nginx);
        return nginx;
    }

    private static URI urlOf(Nginx nginx) {
        return URI.create("https://localhost:" + nginx.port() + "/v1/stream/");
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(base.resolve(path)).timeout(Duration.ofMinutes(1));
    }

    private HttpResponse<String> create(String path, String type) throws Exception {
        HttpRequest put = request(path)
                .header("Content-Type", type)
                .PUT(BodyPublishers.noBody())
                .build();
        HttpResponse<String> response = client.send(put, BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response::body).isEqualTo(201);
        return response;
    }

    private void append(String path, String text) throws Exception {
        HttpRequest post = request(path)
                .header("Content-Type", "text/plain")
                .POST(BodyPublishers.ofString(text))
                .build();
        assertThat(client.send(post, BodyHandlers.discarding()).statusCode()).isEqualTo(204);
    }

    private HttpResponse<String> read(String path, @Nullable String token) throws Exception {
        return send(path, "GET", "", token);
    }

    private HttpResponse<String> send(String path, String method, String body, @Nullable String token)
            throws Exception {
        HttpRequest.Builder request = request(path).method(method, BodyPublishers.ofString(body));
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        if (!body.isEmpty()) {
            request.header("Content-Type", "text/plain");
        }
        return client.send(request.build(), BodyHandlers.ofString());
    }

    private static String cacheStatus(HttpResponse<?> response) {
        return response.headers().firstValue("X-Cache-Status").orElse("none");
    }

    private static void awaitLine(BufferedReader lines, String expected) throws IOException {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.equals(expected)) {
                return;
            }
        }
        throw new AssertionError("the event stream ended before the line " + expected);
    }
}
