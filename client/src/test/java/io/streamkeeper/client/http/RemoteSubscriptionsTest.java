package io.streamkeeper.client.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamkeeper.client.api.StreamException;
import io.streamkeeper.client.subscription.Claim;
import io.streamkeeper.client.subscription.LinkedStream;
import io.streamkeeper.client.subscription.Subscription;
import io.streamkeeper.client.subscription.SubscriptionOptions;
import io.streamkeeper.client.subscription.SubscriptionResult;
import io.streamkeeper.client.subscription.SubscriptionType;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The requests about subscriptions and what is made of their answers, on servers that also refuse and break off. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RemoteSubscriptionsTest {
    private static final String STREAMS =
            "\"streams\":[{\"path\":\"a/b\",\"link_type\":\"explicit\",\"acked_offset\":\"1\",\"tail_offset\":\"2\","
                    + "\"has_pending\":true},{\"path\":\"c\",\"link_type\":\"glob\",\"acked_offset\":\"3\"}]";
    private static final List<LinkedStream> LINKED =
            List.of(new LinkedStream("a/b", true, "1", "2", true), new LinkedStream("c", false, "3", "3", false));
    private static final Claim CLAIM = new Claim("jobs", "w_1", 7, "secret", Duration.ofSeconds(30), List.of());

    private StubServer server;

    @AfterEach
    void closeServer() {
        if (server != null) {
            server.close();
        }
    }

    private RemoteSubscriptions serve(StubServer.Script script) throws IOException {
        server = StubServer.start(script);
        return RemoteStreams.at(server.url())
                .header("Authorization", "Bearer mine")
                .subscriptions();
    }

    private StubServer.Request only() {
        assertThat(server.requests()).hasSize(1);
        return server.requests().get(0);
    }

    @Test
    void aWebhookIsCreatedWithAllItsOptions() throws Exception {
        RemoteSubscriptions subscriptions = serve((request, response) -> response.whole(
                201,
                "{\"id\":\"jobs\",\"type\":\"webhook\",\"pattern\":\"a/*\",\"webhook\":{\"url\":\"https://e.org/w\"},"
                        + "\"wake_stream\":null,\"lease_ttl_ms\":5000,\"description\":\"ä\",\"created_at\":"
                        + "\"2026-11-27T00:00:00.000Z\",\"status\":\"failed\",\"last_error\":\"reset\","
                        + "\"next_attempt_at\":\"2026-11-27T00:00:01.000Z\",\"generation\":7,\"unknown\":[{}],"
                        + STREAMS + "}"));
        SubscriptionResult result = subscriptions.create(
                "jobs",
                SubscriptionOptions.webhook(URI.create("https://e.org/w")).pattern("a/*").stream("x").stream("y")
                        .stream("x")
                        .lease(Duration.ofSeconds(5))
                        .description("ä"));
        assertThat(result.existed()).isFalse();
        Subscription created = result.subscription();
        assertThat(created.type()).isEqualTo(SubscriptionType.WEBHOOK);
        assertThat(created.webhookUrl()).isEqualTo("https://e.org/w");
        assertThat(created.wakeStream()).isNull();
        assertThat(created.lease()).isEqualTo(Duration.ofSeconds(5));
        assertThat(created.createdAt()).isEqualTo(Instant.parse("2026-11-27T00:00:00Z"));
        assertThat(created.state().isFailing()).isTrue();
        assertThat(created.state().lastError()).isEqualTo("reset");
        assertThat(created.state().nextAttemptAt()).isEqualTo(Instant.parse("2026-11-27T00:00:01Z"));
        assertThat(created.state().generation()).isEqualTo(7);
        assertThat(created.streams()).isEqualTo(LINKED);
        assertThat(created.streamCount()).isEqualTo(2);
        assertThat(only().method()).isEqualTo("PUT");
        assertThat(only().path()).isEqualTo("/root/__ds/subscriptions/jobs");
        assertThat(only().fields()).containsEntry("authorization", "Bearer mine");
        assertThat(only().body())
                .isEqualTo("{\"type\":\"webhook\",\"pattern\":\"a/*\",\"streams\":[\"x\",\"y\"],"
                        + "\"webhook\":{\"url\":\"https://e.org/w\"},\"lease_ttl_ms\":5000,\"description\":\"ä\"}");
    }

    @Test
    void aClaimHasWhatTheRequestsOfTheWorkerNeedAndTheyAreAuthorisedByItAlone() throws Exception {
        RemoteSubscriptions subscriptions = serve((request, response) -> {
            if (request.path().endsWith("/claim")) {
                response.whole(
                        200,
                        "{\"wake_id\":\"w_1\",\"generation\":7,\"token\":\"secret\"," + STREAMS
                                + ",\"lease_ttl_ms\":30000}");
            } else if (request.path().endsWith("/release")) {
                response.whole(204, "");
            } else {
                response.whole(
                        200, "{\"ok\":true,\"next_wake\":" + request.body().contains("\"done\":true") + "}");
            }
        });
        Claim claim = subscriptions.claim("ä b", "me");
        assertThat(claim).isEqualTo(new Claim("ä b", "w_1", 7, "secret", Duration.ofSeconds(30), LINKED));
        assertThat(claim.toString()).doesNotContain("secret");
        subscriptions.ack(claim, Map.of());
        assertThat(subscriptions.done(claim, Map.of("a/b", "2"))).isTrue();
        subscriptions.release(claim);
        List<StubServer.Request> requests = server.requests();
        assertThat(requests)
                .extracting(StubServer.Request::path)
                .containsExactly(
                        "/root/__ds/subscriptions/%C3%A4%20b/claim",
                        "/root/__ds/subscriptions/%C3%A4%20b/ack",
                        "/root/__ds/subscriptions/%C3%A4%20b/ack",
                        "/root/__ds/subscriptions/%C3%A4%20b/release");
        assertThat(requests)
                .extracting(request -> request.fields().get("authorization"))
                .containsExactly("Bearer mine", "Bearer secret", "Bearer secret", "Bearer secret");
        assertThat(requests)
                .extracting(StubServer.Request::body)
                .containsExactly(
                        "{\"worker\":\"me\"}",
                        "{\"wake_id\":\"w_1\",\"generation\":7,\"acks\":[]}",
                        "{\"wake_id\":\"w_1\",\"generation\":7,\"acks\":[{\"stream\":\"a/b\",\"offset\":\"2\"}],"
                                + "\"done\":true}",
                        "{\"wake_id\":\"w_1\",\"generation\":7}");
    }

    @Test
    void theOtherRequestsNameTheSubscriptionAndTheStream() throws Exception {
        RemoteSubscriptions subscriptions = serve((request, response) -> {
            if (request.method().equals("GET")) {
                response.whole(200, "{\"subscriptions\":[],\"next\":\"z\"}");
            } else {
                response.whole(204, "");
            }
        });
        assertThat(subscriptions.list("a&b", 5).next()).isEqualTo("z");
        subscriptions.addStreams("jobs", List.of("a", "b"));
        subscriptions.removeStream("jobs", "a/ä");
        subscriptions.seek("jobs", "a", "-1");
        subscriptions.delete("jobs");
        assertThat(server.requests())
                .extracting(request -> request.method() + " " + request.path() + " " + request.query() + request.body())
                .containsExactly(
                        "GET /root/__ds/subscriptions {limit=5, after=a&b}",
                        "POST /root/__ds/subscriptions/jobs/streams {}{\"streams\":[\"a\",\"b\"]}",
                        "DELETE /root/__ds/subscriptions/jobs/streams/a/%C3%A4 {}",
                        "POST /root/__ds/subscriptions/jobs/seek {}{\"stream\":\"a\",\"offset\":\"-1\"}",
                        "DELETE /root/__ds/subscriptions/jobs {}");
    }

    private RemoteSubscriptions refusing(int status, String error) throws IOException {
        return serve((request, response) -> response.whole(status, "{\"error\":" + error + "}"));
    }

    @Test
    void eachCodeOfAWorkerHasItsException() throws Exception {
        RemoteSubscriptions held =
                refusing(409, "{\"code\":\"ALREADY_CLAIMED\",\"current_holder\":\"other\",\"generation\":8}");
        assertThatThrownBy(() -> held.claim("jobs", "me"))
                .isInstanceOfSatisfying(StreamException.AlreadyClaimed.class, e -> {
                    assertThat(e.holder()).isEqualTo("other");
                    assertThat(e.generation()).isEqualTo(8);
                });
        closeServer();
        RemoteSubscriptions idle = refusing(409, "{\"code\":\"NO_PENDING_WORK\",\"message\":\"none\"}");
        assertThatThrownBy(() -> idle.claim("jobs", "me"))
                .isInstanceOf(StreamException.NoPendingWork.class)
                .hasMessage("none");
        closeServer();
        RemoteSubscriptions late = refusing(409, "{\"code\":\"FENCED\"}");
        assertThatThrownBy(() -> late.ack(CLAIM, Map.of())).isInstanceOf(StreamException.Fenced.class);
        closeServer();
        RemoteSubscriptions expired = refusing(401, "{\"code\":\"TOKEN_EXPIRED\"}");
        assertThatThrownBy(() -> expired.done(CLAIM, Map.of())).isInstanceOf(StreamException.Fenced.class);
        closeServer();
        RemoteSubscriptions missing = refusing(404, "{\"code\":\"SUBSCRIPTION_NOT_FOUND\"}");
        assertThatThrownBy(() -> missing.get("jobs"))
                .isInstanceOfSatisfying(
                        StreamException.NotFound.class,
                        e -> assertThat(e.code()).isEqualTo("SUBSCRIPTION_NOT_FOUND"));
        closeServer();
        RemoteSubscriptions other = refusing(409, "{\"code\":\"SUBSCRIPTION_ALREADY_EXISTS\"}");
        assertThatThrownBy(() -> other.create("jobs", SubscriptionOptions.pullWake("wakes")))
                .isInstanceOfSatisfying(
                        StreamException.Exists.class,
                        e -> assertThat(e.code()).isEqualTo("SUBSCRIPTION_ALREADY_EXISTS"));
    }

    @Test
    void aClaimWithoutAnAnswerIsNotRepeatedAndAnAcknowledgementIs() throws Exception {
        RemoteSubscriptions subscriptions = serve((request, response) -> {
            if (request.path().endsWith("/claim") || server.requests().size() < 3) {
                response.cut();
            } else {
                response.whole(200, "{\"ok\":true,\"next_wake\":false}");
            }
        });
        assertThatThrownBy(() -> subscriptions.claim("jobs", "me")).isInstanceOf(StreamException.Unavailable.class);
        assertThat(server.requests()).hasSize(1);
        assertThat(subscriptions.done(CLAIM, Map.of())).isFalse();
        assertThat(server.requests()).hasSize(3);
    }

    @Test
    void anAnswerThatIsNoneOfASubscriptionIsReported() throws Exception {
        RemoteSubscriptions subscriptions = serve((request, response) -> response.whole(200, "{\"id\":7}"));
        assertThatThrownBy(() -> subscriptions.get("jobs"))
                .isInstanceOf(StreamException.Invalid.class)
                .hasMessageContaining("streams");
    }

    @Test
    void anIdWithASlashIsRefusedWithoutARequest() throws Exception {
        RemoteSubscriptions subscriptions = serve((request, response) -> response.whole(200, "{}"));
        assertThatThrownBy(() -> subscriptions.get("a/claim")).isInstanceOf(StreamException.Invalid.class);
        assertThatThrownBy(() -> subscriptions.get("..")).isInstanceOf(StreamException.Invalid.class);
        assertThatThrownBy(() -> subscriptions.get("")).isInstanceOf(StreamException.Invalid.class);
        assertThat(server.requests()).isEmpty();
    }
}
