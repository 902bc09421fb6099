package io.streamkeeper.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.streamkeeper.client.api.StreamException;
import io.streamkeeper.protocol.output.MayLogFaults;
import io.streamkeeper.server.subscription.webhook.StoredWebhookKeys;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Subscriptions of a cluster are served by its leader, each with its state and its keys. */
@Timeout(180)
@MayLogFaults({"was abandoned: {}", "cannot begin in epoch"})
class ClusterSubscriptionsTest {
    private static final String SUBSCRIPTIONS = "__ds/subscriptions/";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    /** The streams whose wakes have arrived, and the ids of the keys that have signed them. */
    private final Set<String> woken = ConcurrentHashMap.newKeySet();

    private final Set<String> keys = ConcurrentHashMap.newKeySet();
    private final Map<String, DurableStreamsServer> servers = new TreeMap<>();
    private MembersInJvm members;
    private HttpServer receiver;

    @BeforeEach
    void start(@TempDir Path folder) throws IOException {
        receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        receiver.createContext("/", exchange -> {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            Matcher paths = Pattern.compile("\"path\":\"([^\"]+)\"").matcher(body);
            while (paths.find()) {
                woken.add(paths.group(1));
            }
            Matcher key = Pattern.compile("kid=([^,]+)")
                    .matcher(exchange.getRequestHeaders().getFirst("Webhook-Signature"));
            keys.add(key.find() ? key.group(1) : "none");
            byte[] done = "{\"done\":true}".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, done.length);
            exchange.getResponseBody().write(done);
            exchange.close();
        });
        receiver.start();
        members = new MembersInJvm(folder);
        servers.putAll(members.startServers());
    }

    @AfterEach
    void end() {
        servers.values().forEach(DurableStreamsServer::close);
        members.close();
        receiver.stop(0);
    }

    private HttpResponse<String> send(String member, String method, String target, String body, String... headers)
            throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create(servers.get(member).url() + target))
                .timeout(Duration.ofSeconds(30))
                .header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), BodyHandlers.ofString());
    }

    /** Sends a request until it is executed; it must not matter if it is executed twice. */
    private String sent(String member, String method, String target, String body) {
        return await().atMost(PATIENCE)
                .until(() -> send(member, method, target, body), answer -> answer.statusCode() / 100 == 2)
                .body();
    }

    private String webhook(String pattern) {
        return "{\"type\":\"webhook\",\"pattern\":\"" + pattern + "\",\"webhook\":{\"url\":\"http://127.0.0.1:"
                + receiver.getAddress().getPort() + "/\"}}";
    }

    private static String field(String json, String name) {
        Matcher field = Pattern.compile("\"" + name + "\":\"?([^\",}]+)").matcher(json);
        assertThat(field.find()).as("%s in %s", name, json).isTrue();
        return field.group(1);
    }

    /** Ends the leader, and returns a member that runs. */
    private String endLeader() {
        String leader = members.leader();
        servers.remove(leader).close();
        members.end(leader);
        return servers.keySet().iterator().next();
    }

    private void startAgain(String name) throws IOException {
        members.start(name);
        servers.put(name, DurableStreamsServer.start(members.streams(name)));
    }

    @Test
    void webhooksAreSentByEachLeaderWithTheKeysOfTheCluster() throws Exception {
        String follower = members.follower();
        assertThat(sent(follower, "PUT", SUBSCRIPTIONS + "hook", webhook("hook/*")))
                .contains("\"hook\"");
        for (int round = 0; round < 3; round++) {
            String stream = "hook/" + round;
            String through = members.follower();
            sent(through, "PUT", stream, "[1]");
            await().atMost(PATIENCE).until(() -> woken.contains(stream));
            await().atMost(PATIENCE)
                    .until(() ->
                            !sent(through, "GET", SUBSCRIPTIONS + "hook", "").contains("\"has_pending\":true"));
            String ended = members.leader();
            endLeader();
            String during = "hook/during-" + round;
            sent(servers.keySet().iterator().next(), "PUT", during, "[1]");
            await().atMost(PATIENCE).until(() -> woken.contains(during));
            startAgain(ended);
        }
        for (int round = 0; round < 4; round++) {
            String stream = "hook/transferred-" + round;
            assertThat(members.member(members.leader()).transferLeadership().join())
                    .isNotNull();
            sent(members.follower(), "PUT", stream, "[1]");
            await().atMost(PATIENCE).until(() -> woken.contains(stream));
        }

        assertThat(keys).hasSize(1);
        Set<String> published = new HashSet<>();
        for (String name : MembersInJvm.NAMES) {
            published.add(sent(name, "GET", "__ds/jwks.json", ""));
        }
        assertThat(published).hasSize(1);
        assertThat(published.iterator().next()).contains(keys.iterator().next());
    }

    @Test
    void aLeaseOutlivesTheLeader() throws Exception {
        String follower = members.follower();
        sent(follower, "PUT", "wakes", "");
        sent(
                follower,
                "PUT",
                SUBSCRIPTIONS + "pull",
                "{\"type\":\"pull-wake\",\"pattern\":\"pull/*\",\"wake_stream\":\"wakes\",\"lease_ttl_ms\":60000}");
        sent(follower, "PUT", "pull/a", "[1]");
        String claim = sent(follower, "POST", SUBSCRIPTIONS + "pull/claim", "{\"worker\":\"w\"}");

        String left = endLeader();

        HttpResponse<String> other = await().atMost(PATIENCE)
                .until(
                        () -> send(left, "POST", SUBSCRIPTIONS + "pull/claim", "{\"worker\":\"v\"}"),
                        answer -> answer.statusCode() != 503);
        assertThat(other.statusCode()).as(other.body()).isEqualTo(409);
        String ack = "{\"wake_id\":\"" + field(claim, "wake_id") + "\",\"generation\":" + field(claim, "generation")
                + ",\"acks\":[{\"stream\":\"pull/a\",\"offset\":\"" + field(claim, "tail_offset")
                + "\"}],\"done\":true}";
        HttpResponse<String> acked = await().atMost(PATIENCE)
                .until(
                        () -> send(
                                left,
                                "POST",
                                SUBSCRIPTIONS + "pull/ack",
                                ack,
                                "Authorization",
                                "Bearer " + field(claim, "token")),
                        answer -> answer.statusCode() != 503);
        assertThat(acked.body()).isEqualTo("{\"ok\":true,\"next_wake\":false}");
    }

    @Test
    void aKeyThatIsRotatedAtTheLeaderIsThatOfTheNextLeader() throws Exception {
        String leader = members.leader();
        sent(leader, "PUT", SUBSCRIPTIONS + "hook", webhook("hook/*"));
        String old = field(sent(leader, "GET", "__ds/jwks.json", ""), "kid");
        Path file = members.config(leader).data().directory().resolve(StoredWebhookKeys.FILE);

        String rotated = StoredWebhookKeys.rotate(file, false, System.currentTimeMillis());
        await().atMost(PATIENCE).until(() -> field(sent(leader, "GET", "__ds/jwks.json", ""), "kid"), rotated::equals);
        String left = endLeader();

        assertThat(sent(left, "GET", "__ds/jwks.json", "")).contains(rotated, old);
        String next = members.leader();
        Path copy = members.config(next).data().directory().resolve(StoredWebhookKeys.FILE);
        assertThat(Files.readString(copy)).contains("signs " + rotated);
    }

    @Test
    void aMemberThatDoesNotLeadRefusesCallsOfTheProgramThatEmbedsIt() {
        String follower = members.follower();

        assertThatThrownBy(() ->
                        members.streams(follower).subscriptions().blocking().list(null, 10))
                .isInstanceOf(StreamException.Unavailable.class);
    }
}
