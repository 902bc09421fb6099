package io.streamkeeper.client.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamkeeper.client.api.StreamException;
import io.streamkeeper.client.subscription.LinkedStream;
import io.streamkeeper.client.subscription.WebhookRejectedException;
import io.streamkeeper.client.subscription.WebhookRejectedException.Reason;
import io.streamkeeper.client.subscription.WebhookWake;
import io.streamkeeper.protocol.Base64Url;
import io.streamkeeper.protocol.Ed25519;
import io.streamkeeper.protocol.WebhookSignature;
import java.io.IOException;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Requests that come to a receiver of webhooks, from the server and from others, and what it requests of the server. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class WebhookReceiverTest {
    private static final long NOW = 1_800_000_000;

    private final Map<String, KeyPair> keys = new ConcurrentHashMap<>();
    private volatile int keysStatus = 200;
    private volatile String callbackUrl = "http://127.0.0.1:1/callback";
    private long nanos;
    private StubServer server;
    private WebhookReceiver receiver;

    @BeforeEach
    void start() throws IOException, GeneralSecurityException {
        server = StubServer.start((request, response) -> {
            if (request.path().endsWith("/jwks.json")) {
                response.whole(keysStatus, jwks());
            } else {
                response.whole(200, "{\"ok\":true,\"next_wake\":true}");
            }
        });
        RemoteSettings settings =
                RemoteSettings.of(server.url() + "/").with(draft -> draft.header("Authorization", () -> "Bearer mine"));
        receiver = new WebhookReceiver(
                settings,
                new SigningKeys(settings, () -> nanos),
                () -> Instant.ofEpochSecond(NOW),
                Duration.ofMinutes(5));
        keys.put("one", newKey());
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private static KeyPair newKey() throws GeneralSecurityException {
        return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    }

    private String jwks() {
        StringBuilder jwks = new StringBuilder("{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"rsa\",\"n\":\"AQAB\"},"
                + "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"kid\":\"short\",\"x\":\"AAAA\"}");
        keys.forEach((id, pair) -> jwks.append(
                        ",{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"use\":\"sig\",\"alg\":\"EdDSA\"," + "\"kid\":\"")
                .append(id)
                .append("\",\"x\":\"")
                .append(Base64Url.encode(Ed25519.bytes(pair.getPublic())))
                .append("\"}"));
        return jwks.append("]}").toString();
    }

    private byte[] body() {
        return ("{\"subscription_id\":\"jobs\",\"wake_id\":\"w_1\",\"generation\":7,\"streams\":[{\"path\":\"a\","
                        + "\"link_type\":\"glob\",\"acked_offset\":\"1\",\"tail_offset\":\"2\",\"has_pending\":true}],"
                        + "\"callback_url\":\"" + callbackUrl + "\",\"callback_token\":\"secret\"}")
                .getBytes(UTF_8);
    }

    private String signed(String id, KeyPair pair, long seconds, byte[] body) throws GeneralSecurityException {
        Signature signature = Signature.getInstance("Ed25519");
        signature.initSign(pair.getPrivate());
        signature.update(WebhookSignature.prefix(seconds));
        signature.update(body);
        return new WebhookSignature(seconds, id, signature.sign()).value();
    }

    private String signed(String id) throws GeneralSecurityException {
        return signed(id, keys.get(id), NOW, body());
    }

    private WebhookWake verify(String header) throws WebhookRejectedException, InterruptedException {
        return receiver.verify(name -> name.equals("Webhook-Signature") ? header : null, body());
    }

    private void assertRejected(Reason reason, String header) {
        assertThatThrownBy(() -> verify(header)).isInstanceOfSatisfying(WebhookRejectedException.class, e -> {
            assertThat(e.reason()).isEqualTo(reason);
            assertThat(e.status()).isBetween(400, 503);
        });
    }

    private long keyRequests() {
        return server.requests().stream()
                .filter(request -> request.path().equals("/root/__ds/jwks.json"))
                .count();
    }

    private void pass(long seconds) {
        nanos += TimeUnit.SECONDS.toNanos(seconds);
    }

    @Test
    void aSignedWakeIsReadAndTheKeysAreRequestedOnce() throws Exception {
        WebhookWake wake = verify(signed("one"));
        assertThat(wake)
                .isEqualTo(new WebhookWake(
                        "jobs",
                        "w_1",
                        7,
                        List.of(new LinkedStream("a", false, "1", "2", true)),
                        URI.create(callbackUrl),
                        "secret"));
        assertThat(wake.toString()).doesNotContain("secret");
        assertThat(receiver.verify(Map.of("webhook-SIGNATURE", List.of(signed("one"))), body()))
                .isEqualTo(wake);
        assertThat(keyRequests()).isEqualTo(1);
    }

    @Test
    void everyChangedByteOfTheBodyAndOfTheSignatureIsRejected() throws Exception {
        String header = signed("one");
        byte[] body = body();
        for (int i = 0; i < body.length; i++) {
            byte[] changed = body.clone();
            changed[i] ^= 1;
            assertThatThrownBy(() -> receiver.verify(name -> header, changed))
                    .isInstanceOf(WebhookRejectedException.class);
        }
        for (int i = header.indexOf("ed25519=") + 8; i < header.length(); i++) {
            for (char other : new char[] {'A', 'B', 'P', 'R'}) {
                String changed = header.substring(0, i) + other + header.substring(i + 1);
                if (!changed.equals(header)) {
                    assertThatThrownBy(() -> verify(changed)).isInstanceOf(WebhookRejectedException.class);
                }
            }
        }
        assertRejected(Reason.SIGNATURE_INVALID, header.replace("t=" + NOW, "t=" + (NOW - 1)));
    }

    @Test
    void aRequestWithoutOneSignatureOfTheFormIsRejected() throws Exception {
        assertRejected(Reason.SIGNATURE_MISSING, null);
        assertRejected(Reason.SIGNATURE_INVALID, "");
        assertRejected(Reason.SIGNATURE_INVALID, "t=1,kid=one,ed25519=AAAA");
        String one = signed("one");
        assertThatThrownBy(() -> receiver.verify(Map.of("Webhook-Signature", List.of(one, one)), body()))
                .isInstanceOf(WebhookRejectedException.class);
        assertThatThrownBy(() -> receiver.verify(Map.of("Other", List.of(one)), body()))
                .isInstanceOf(WebhookRejectedException.class);
        assertThat(keyRequests()).isZero();
    }

    @Test
    void aRequestThatWasSignedTooLongAgoOrInTheFutureIsRejected() throws Exception {
        for (long difference : new long[] {-300, 300}) {
            verify(signed("one", keys.get("one"), NOW + difference, body()));
        }
        for (long difference : new long[] {-301, 301, -NOW}) {
            assertRejected(Reason.TIME_NOT_IN_WINDOW, signed("one", keys.get("one"), NOW + difference, body()));
        }
        receiver = receiver.window(Duration.ofSeconds(1));
        assertRejected(Reason.TIME_NOT_IN_WINDOW, signed("one", keys.get("one"), NOW - 2, body()));
    }

    @Test
    void aKeyThatIsNewIsRequestedButInventedOnesCauseFewRequests() throws Exception {
        verify(signed("one"));
        keys.put("two", newKey());
        assertRejected(Reason.KEY_UNKNOWN, signed("two"));
        assertThat(keyRequests()).isEqualTo(1);
        pass(10);
        verify(signed("two"));
        assertThat(keyRequests()).isEqualTo(2);
        for (int i = 0; i < 50; i++) {
            assertRejected(Reason.KEY_UNKNOWN, signed("invented" + i, newKey(), NOW, body()));
        }
        assertRejected(Reason.KEY_UNKNOWN, signed("rsa", newKey(), NOW, body()));
        assertRejected(Reason.KEY_UNKNOWN, signed("short", newKey(), NOW, body()));
        assertThat(keyRequests()).isEqualTo(2);
        pass(10);
        assertRejected(Reason.KEY_UNKNOWN, signed("invented", newKey(), NOW, body()));
        assertThat(keyRequests()).isEqualTo(3);
    }

    @Test
    void aKeyThatTheServerHasWithdrawnIsNotUsedAnyMore() throws Exception {
        String one = signed("one");
        verify(one);
        keys.remove("one");
        verify(one);
        pass(300);
        assertRejected(Reason.KEY_UNKNOWN, one);
    }

    @Test
    void knownKeysAreUsedForAnHourWhileTheServerDoesNotReturnThem() throws Exception {
        verify(signed("one"));
        keysStatus = 500;
        pass(3_599);
        verify(signed("one"));
        verify(signed("one"));
        assertThat(keyRequests()).isEqualTo(2);
        assertRejected(Reason.KEYS_UNAVAILABLE, signed("other", newKey(), NOW, body()));
        pass(1);
        assertRejected(Reason.KEYS_UNAVAILABLE, signed("one"));
        keysStatus = 200;
        pass(10);
        verify(signed("one"));
    }

    @Test
    void keysThatHaveNeverBeenReturnedAreRequestedAgainAfterAPause() throws Exception {
        keysStatus = 503;
        assertRejected(Reason.KEYS_UNAVAILABLE, signed("one"));
        assertRejected(Reason.KEYS_UNAVAILABLE, signed("one"));
        assertThat(keyRequests()).isEqualTo(1);
        keysStatus = 200;
        pass(10);
        verify(signed("one"));
    }

    @Test
    void aSignedBodyThatIsNoWakeIsRejected() throws Exception {
        byte[] other = "{}".getBytes(UTF_8);
        String header = signed("one", keys.get("one"), NOW, other);
        assertThatThrownBy(() -> receiver.verify(name -> header, other))
                .isInstanceOfSatisfying(
                        WebhookRejectedException.class,
                        e -> assertThat(e.reason()).isEqualTo(Reason.BODY_INVALID));
        byte[] tooLong = new byte[WebhookReceiver.BODY_BYTES_MAX + 1];
        assertThatThrownBy(() -> receiver.verify(name -> header, tooLong))
                .isInstanceOfSatisfying(
                        WebhookRejectedException.class,
                        e -> assertThat(e.reason()).isEqualTo(Reason.BODY_INVALID));
    }

    @Test
    void acknowledgementsGoToTheCallbackWithTheTokenOfTheWakeAlone() throws Exception {
        callbackUrl = server.url() + "/__ds/subscriptions/jobs/callback";
        WebhookWake wake = verify(signed("one"));
        receiver.ack(wake, Map.of());
        assertThat(receiver.done(wake)).isTrue();
        List<StubServer.Request> callbacks = server.requests().stream()
                .filter(request -> request.method().equals("POST"))
                .toList();
        assertThat(callbacks)
                .allSatisfy(request -> {
                    assertThat(request.path()).isEqualTo("/root/__ds/subscriptions/jobs/callback");
                    assertThat(request.fields()).containsEntry("authorization", "Bearer secret");
                })
                .extracting(StubServer.Request::body)
                .containsExactly(
                        "{\"wake_id\":\"w_1\",\"generation\":7,\"acks\":[]}",
                        "{\"wake_id\":\"w_1\",\"generation\":7,\"acks\":[{\"stream\":\"a\",\"offset\":\"2\"}],"
                                + "\"done\":true}");
    }

    @Test
    void aCallbackToAnotherServerHasNoHeadersOfThisOne() throws Exception {
        try (StubServer other = StubServer.start(
                (request, response) -> response.whole(409, "{\"error\":{\"code\":\"FENCED\",\"message\":\"late\"}}"))) {
            callbackUrl = other.url() + "/callback";
            WebhookWake wake = verify(signed("one"));
            assertThatThrownBy(() -> receiver.done(wake))
                    .isInstanceOf(StreamException.Fenced.class)
                    .hasMessage("late");
            assertThat(other.requests().get(0).fields()).containsEntry("authorization", "Bearer secret");
        }
    }
}
