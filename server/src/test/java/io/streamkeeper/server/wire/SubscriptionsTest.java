package io.streamkeeper.server.wire;

import static io.streamkeeper.server.wire.TestServer.JSON;
import static io.streamkeeper.server.wire.TestServer.ROOT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.streamkeeper.protocol.output.LogsFaults;
import io.streamkeeper.server.DurableStreamsServer;
import io.streamkeeper.server.config.ServerConfig;
import io.streamkeeper.server.metrics.Metric;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Subscriptions of a whole server, with a receiver of webhooks in this process. */
@Timeout(60)
class SubscriptionsTest {
    private static final String SUBSCRIPTIONS = ROOT + "__ds/subscriptions/";
    private static final String DONE = "{\"done\":true}";

    @RegisterExtension
    private static final TestServer SERVER = new TestServer(
            TestServer.config(config -> config.subscriptions(subscriptions -> subscriptions.localWebhooks(true))));

    private static final BlockingQueue<String> WEBHOOKS = new LinkedBlockingQueue<>();
    private static volatile String answer = DONE;
    private static HttpServer receiver;

    @BeforeAll
    static void startReceiver() throws IOException {
        receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        receiver.createContext("/", exchange -> {
            WEBHOOKS.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            byte[] body = answer.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(answer.isEmpty() ? 500 : 200, body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        receiver.start();
    }

    @AfterAll
    static void stopReceiver() {
        receiver.stop(0);
    }

    private static String webhook(String pattern) {
        return "{\"type\":\"webhook\",\"pattern\":\"" + pattern + "\",\"webhook\":{\"url\":\"http://127.0.0.1:"
                + receiver.getAddress().getPort() + "/hook\"}}";
    }

    private static String member(String json, String name) {
        Matcher member = Pattern.compile("\"" + name + "\":\"?([^\",}]+)").matcher(json);
        assertThat(member.find()).as("%s in %s", name, json).isTrue();
        return member.group(1);
    }

    private static String webhook() throws InterruptedException {
        String body = WEBHOOKS.poll(20, TimeUnit.SECONDS);
        assertThat(body).as("a webhook").isNotNull();
        return body;
    }

    private static void awaitAcked(String id) {
        await().untilAsserted(
                        () -> assertThat(SERVER.get(SUBSCRIPTIONS + id).is(200).text())
                                .contains("\"has_pending\":false")
                                .doesNotContain("\"has_pending\":true"));
    }

    @Test
    void aWebhookThatAnswersDoneAcknowledges() throws Exception {
        answer = DONE;
        SERVER.put(SUBSCRIPTIONS + "done", webhook("done/*")).is(201);
        SERVER.put(SUBSCRIPTIONS + "done", webhook("done/*")).is(200);
        SERVER.put(SUBSCRIPTIONS + "done", webhook("done/**")).isError(409, "SUBSCRIPTION_ALREADY_EXISTS");
        SERVER.put(ROOT + "done/a", "1", JSON).is(201);

        String body = webhook();

        assertThat(member(body, "subscription_id")).isEqualTo("done");
        assertThat(member(body, "callback_url")).isEqualTo(SERVER.server().url() + "__ds/subscriptions/done/callback");
        awaitAcked("done");
        assertThat(SERVER.metric(Metric.WEBHOOK_DELIVERIES, "done")).isPositive();
        assertThat(SERVER.metric(Metric.SUBSCRIPTIONS)).isPositive();
        assertThat(SERVER.metric(Metric.SUBSCRIPTION_LINKS)).isPositive();
        SERVER.delete(SUBSCRIPTIONS + "done").is(204);
        SERVER.get(SUBSCRIPTIONS + "done").isError(404, "SUBSCRIPTION_NOT_FOUND");
    }

    @Test
    @LogsFaults("which receivers do not reach")
    void aServerOnAllAddressesThatDoesNotKnowItsUrlWarns() throws IOException {
        ServerConfig config = TestServer.config(change ->
                change.listen(listen -> listen.host("0.0.0.0")).security(security -> security.allowAnonymous(true)));
        DurableStreamsServer.start(config).stop();
    }

    @Test
    void aServerThatKnowsItsUrlDoesNotWarn() throws IOException {
        ServerConfig config = TestServer.config(change -> change.listen(listen -> listen.host("0.0.0.0"))
                .security(security -> security.allowAnonymous(true))
                .subscriptions(subscriptions -> subscriptions.publicUrl("https://streams.example/v1/stream/")));
        DurableStreamsServer.start(config).stop();
    }

    @Test
    void aWakeIsDeliveredAfterARestart() throws Exception {
        answer = "";
        SERVER.put(SUBSCRIPTIONS + "again", webhook("again/*")).is(201);
        SERVER.put(ROOT + "again/a", "1", JSON).is(201);
        String first = webhook();

        SERVER.restart();
        answer = DONE;

        String second = webhook();
        while (!member(second, "subscription_id").equals("again")) {
            second = webhook();
        }
        assertThat(member(second, "tail_offset")).isEqualTo(member(first, "tail_offset"));
        awaitAcked("again");
        SERVER.delete(SUBSCRIPTIONS + "again").is(204);
    }

    @Test
    void aWorkerClaimsAcknowledgesAndIsFenced() {
        String wakes = TestServer.path();
        String stream = "pulled/" + wakes.substring(ROOT.length());
        SERVER.put(wakes, "", JSON).is(201);
        SERVER.put(
                        SUBSCRIPTIONS + "pull",
                        "{\"type\":\"pull-wake\",\"pattern\":\"pulled/*\",\"wake_stream\":\""
                                + wakes.substring(ROOT.length()) + "\"}")
                .is(201);
        SERVER.post(SUBSCRIPTIONS + "pull/claim", "{\"worker\":\"w\"}").isError(409, "NO_PENDING_WORK");
        SERVER.put(ROOT + stream, "1", JSON).is(201);
        await().untilAsserted(() -> assertThat(SERVER.get(wakes).text()).contains("\"pull\""));

        String claim = SERVER.post(SUBSCRIPTIONS + "pull/claim", "{\"worker\":\"w\"}")
                .is(200)
                .text();
        SERVER.post(SUBSCRIPTIONS + "pull/claim", "{\"worker\":\"v\"}").is(409);
        String token = "Authorization: Bearer " + member(claim, "token");
        String ack = "{\"wake_id\":\"" + member(claim, "wake_id") + "\",\"generation\":" + member(claim, "generation")
                + ",\"acks\":[{\"stream\":\"" + stream + "\",\"offset\":\"" + member(claim, "tail_offset")
                + "\"}],\"done\":true}";

        assertThat(SERVER.post(SUBSCRIPTIONS + "pull/ack", ack, token).is(200).text())
                .isEqualTo("{\"ok\":true,\"next_wake\":false}");
        SERVER.post(SUBSCRIPTIONS + "pull/ack", ack, token).isError(409, "FENCED");
        SERVER.post(SUBSCRIPTIONS + "pull/ack", ack, "Authorization: Bearer no").isError(401, "TOKEN_INVALID");
        SERVER.delete(SUBSCRIPTIONS + "pull").is(204);
    }

    @Test
    void theLogOfASubscriptionIsReachedByNoClient() {
        SERVER.put(
                        SUBSCRIPTIONS + "hidden",
                        "{\"type\":\"pull-wake\",\"pattern\":\"hidden/*\",\"wake_stream\":\"none\"}")
                .is(201);

        SERVER.put(TestServer.path(), "", "Stream-Forked-From: " + SUBSCRIPTIONS + "hidden")
                .isError(404, "source_not_found");
        SERVER.get(ROOT + "%5F_ds/subscriptions/hidden").isError(404, "not_found");
        SERVER.get(ROOT + "?stream=__ds/subscriptions/hidden@-1&live=sse").is(400);
        assertThat(SERVER.get(ROOT).is(200).text()).doesNotContain("__ds");
        SERVER.delete(SUBSCRIPTIONS + "hidden").is(204);
    }

    @Test
    void thePathsAreNotFoundIfThereAreNoSubscriptions() throws IOException {
        TestServer none = TestServer.started(
                TestServer.config(config -> config.subscriptions(subscriptions -> subscriptions.subscriptionsMax(0))));
        try (none) {
            none.put(SUBSCRIPTIONS + "a", webhook("a")).isError(404, "not_found");
            none.get(ROOT + "__ds/jwks.json").isError(404, "not_found");
        }
    }
}
