package io.streamkeeper.server.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.streamkeeper.server.config.DataConfig.Durability;
import io.streamkeeper.server.metrics.Metric;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is counted of subscriptions, with a receiver of webhooks that answers as the test says. */
@Timeout(120)
class SubscriptionMetricsTest {
    /** What the receiver answers. */
    private record Answered(int status, String body) {}

    private static final Answered DONE = new Answered(200, "{\"done\":true}");
    private static final Answered LATER = new Answered(202, "{}");
    private static final Answered BROKEN = new Answered(500, "");

    private final AtomicReference<Answered> answer = new AtomicReference<>(DONE);
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private HttpServer receiver;
    private TestServer server;

    @BeforeEach
    void start() throws Exception {
        receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 16);
        receiver.setExecutor(threads);
        receiver.createContext("/", exchange -> {
            exchange.getRequestBody().readAllBytes();
            Answered now = answer.get();
            byte[] body = now.body().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(now.status(), body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        receiver.start();
        server = TestServer.started(TestServer.config(config -> config.data(data -> data.durability(Durability.MEMORY))
                .subscriptions(subscriptions -> subscriptions.localWebhooks(true))));
    }

    @AfterEach
    void stop() {
        server.close();
        receiver.stop(0);
        threads.shutdownNow();
    }

    private long value(Metric metric, String... labels) throws Exception {
        return server.metrics().value(metric, labels);
    }

    private void becomes(long expected, Metric metric, String... labels) {
        await().untilAsserted(() -> assertThat(value(metric, labels)).isEqualTo(expected));
    }

    private void subscribe(String id, String more) throws IOException {
        server.put("/v1/stream/__ds/subscriptions/" + id, "{\"lease_ttl_ms\":1000," + more + "}")
                .is(201);
    }

    private void subscribeWebhook(String id) throws IOException {
        String url = "http://127.0.0.1:" + receiver.getAddress().getPort() + "/hook";
        subscribe(id, "\"type\":\"webhook\",\"pattern\":\"" + id + "/*\",\"webhook\":{\"url\":\"" + url + "\"}");
    }

    private void write(String path) throws IOException {
        server.put("/v1/stream/" + path, "{}", TestServer.JSON).is(201);
    }

    @Test
    void webhooksAreCountedByTheirResults() throws Exception {
        subscribeWebhook("s");
        write("s/a");
        becomes(1, Metric.WEBHOOK_DELIVERIES, "done");
        becomes(0, Metric.WEBHOOKS_IN_FLIGHT);
        becomes(0, Metric.SUBSCRIPTION_PENDING_LINKS);

        answer.set(BROKEN);
        write("s/b");
        becomes(1, Metric.WEBHOOK_DELIVERIES, "failed");
        becomes(1, Metric.SUBSCRIPTION_RETRIES, "webhook");
        assertThat(value(Metric.SUBSCRIPTIONS, "webhook", "retrying")).isEqualTo(1);
        assertThat(value(Metric.SUBSCRIPTIONS_FAILING)).isEqualTo(1);
        assertThat(value(Metric.SUBSCRIPTION_PENDING_LINKS)).isEqualTo(1);
        assertThat(value(Metric.SUBSCRIPTION_PENDING_BYTES)).isPositive();

        answer.set(DONE);
        becomes(2, Metric.WEBHOOK_DELIVERIES, "done");
        becomes(0, Metric.SUBSCRIPTIONS_FAILING);
        becomes(1, Metric.SUBSCRIPTIONS, "webhook", "idle");
        assertThat(value(Metric.SUBSCRIPTION_PENDING_BYTES)).isZero();
        assertThat(value(Metric.WEBHOOKS_IN_FLIGHT)).isZero();
        assertThat(value(Metric.SUBSCRIPTION_RETRIES)).isEqualTo(1);
    }

    @Test
    void aLeaseThatEndsBeforeTheWorkerIsDoneIsARetry() throws Exception {
        answer.set(LATER);
        subscribeWebhook("s");
        write("s/a");
        becomes(1, Metric.WEBHOOK_DELIVERIES, "accepted");
        becomes(1, Metric.SUBSCRIPTIONS, "webhook", "leased");
        assertThat(value(Metric.SUBSCRIPTION_LEASES)).isEqualTo(1);

        becomes(1, Metric.SUBSCRIPTION_RETRIES, "lease");
        assertThat(value(Metric.SUBSCRIPTION_LEASES)).isZero();
        assertThat(value(Metric.SUBSCRIPTION_RETRIES, "webhook")).isZero();
    }

    @Test
    void aWakeStreamThatDoesNotExistIsARetry() throws Exception {
        subscribe("p", "\"type\":\"pull-wake\",\"pattern\":\"p/*\",\"wake_stream\":\"wake\"");
        write("p/a");
        becomes(1, Metric.SUBSCRIPTION_RETRIES, "wake_stream");
        assertThat(value(Metric.SUBSCRIPTIONS, "pull_wake", "retrying")).isEqualTo(1);

        write("wake");
        becomes(1, Metric.SUBSCRIPTIONS, "pull_wake", "waking");
        await().untilAsserted(() ->
                assertThat(value(Metric.SUBSCRIPTION_UNCLAIMED_SECONDS)).isPositive());
        server.exchange("POST", "/v1/stream/__ds/subscriptions/p/claim", "{\"worker\":\"w\"}")
                .is(200);
        assertThat(value(Metric.SUBSCRIPTION_UNCLAIMED_SECONDS)).isZero();
        assertThat(value(Metric.SUBSCRIPTIONS, "pull_wake", "leased")).isEqualTo(1);
        assertThat(value(Metric.SUBSCRIPTION_LEASES)).isEqualTo(1);
    }
}
