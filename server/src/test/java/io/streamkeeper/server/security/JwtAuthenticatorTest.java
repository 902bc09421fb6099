package io.streamkeeper.server.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.sun.net.httpserver.HttpServer;
import io.streamkeeper.protocol.output.LogsFaults;
import io.streamkeeper.server.config.JwtConfig;
import io.streamkeeper.server.config.ServerConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys that are fetched: a real HTTP server, and clocks that the test drives. */
class JwtAuthenticatorTest {
    private final AtomicLong nowNanos = new AtomicLong();
    private final AtomicLong nowMillis = new AtomicLong(1_800_000_000_000L);
    private final AtomicInteger fetches = new AtomicInteger();
    private final AtomicInteger changes = new AtomicInteger();
    private HttpServer issuer;
    private volatile String set;
    private volatile int status = 200;
    private JwtAuthenticator authenticator;

    @BeforeEach
    void start() throws IOException {
        issuer = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        issuer.createContext("/jwks", exchange -> {
            fetches.incrementAndGet();
            byte[] body = set.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        issuer.start();
        set = "{\"keys\":[" + JwtSigner.EC.jwk("one") + "]}";
        authenticator = new JwtAuthenticator(
                config("http://127.0.0.1:" + issuer.getAddress().getPort() + "/jwks"), nowMillis::get, nowNanos::get);
        authenticator.onChange(changes::incrementAndGet);
    }

    @AfterEach
    void stop() {
        authenticator.close();
        issuer.stop(0);
    }

    private static JwtConfig config(String url) {
        return ServerConfig.builder()
                .security(security -> security.jwt(jwt -> jwt.jwks(url)
                        .audience("streams")
                        .jwksRefreshSeconds(300)
                        .jwksStaleSeconds(600)))
                .build()
                .security()
                .jwt();
    }

    private String token(JwtSigner signer, String id, String subject) {
        return signer.sign(
                Map.of("kid", id), Map.of("sub", subject, "aud", "streams", "exp", nowMillis.get() / 1_000 + 10_000));
    }

    private CompletableFuture<Authentication> begin(String token) {
        return authenticator.authenticate(token, TokenDigest.of(token));
    }

    private Authentication authenticate(String token) throws Exception {
        return begin(token).get(20, TimeUnit.SECONDS);
    }

    private void passSeconds(int seconds) {
        nowNanos.addAndGet(TimeUnit.SECONDS.toNanos(seconds));
    }

    /** Waits until a token that needs the set is decided, so that a fetch which check() has begun is over. */
    private void fetchIsOver() throws Exception {
        authenticate(token(JwtSigner.EC, "never", "x"));
    }

    @Test
    void theFirstTokenWaitsForTheKeysAndTheSecondTimeItIsKnown() throws Exception {
        String token = token(JwtSigner.EC, "one", "alice");

        assertThat(authenticate(token).principal().name()).isEqualTo("alice");
        CompletableFuture<Authentication> again = begin(token);
        assertThat(again).isDone();
        assertThat(again.join().principal().name()).isEqualTo("alice");
        assertThat(fetches).hasValue(1);
    }

    @Test
    void aKeyThatIsNotKnownCausesOneFetchForAllTokensThatLackIt() throws Exception {
        authenticate(token(JwtSigner.EC, "one", "alice"));
        passSeconds(JwtAuthenticator.FETCH_SECONDS_MIN);
        set = "{\"keys\":[" + JwtSigner.EC.jwk("one") + "," + JwtSigner.RSA.jwk("two") + "]}";
        List<CompletableFuture<Authentication>> all = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            all.add(begin(token(JwtSigner.RSA, "two", "user" + i)));
        }
        for (int i = 0; i < 50; i++) {
            assertThat(all.get(i).get(20, TimeUnit.SECONDS).principal().name()).isEqualTo("user" + i);
        }
        assertThat(fetches).hasValue(2);
        assertThat(changes).hasValue(2);
    }

    @Test
    void unknownKeysCauseNoMoreFetchesThanTheRateAllowsAndDelayNobody() throws Exception {
        String valid = token(JwtSigner.EC, "one", "alice");
        authenticate(valid);
        for (int i = 0; i < 100; i++) {
            Authentication refused = authenticate(token(JwtSigner.EC, "made up " + i, "eve"));
            assertThat(refused.principal()).isNull();
            assertThat(refused.mayPass()).isFalse();
        }
        assertThat(fetches).hasValue(1);
        assertThat(authenticate(valid).principal()).isNotNull();

        passSeconds(JwtAuthenticator.FETCH_SECONDS_MIN);
        for (int i = 0; i < 100; i++) {
            authenticate(token(JwtSigner.EC, "made up " + i, "eve"));
        }
        assertThat(fetches).hasValue(2);
    }

    @Test
    void aRemovedKeyIsNotAcceptedAnyMoreAlsoForTokensThatWereVerified() throws Exception {
        String old = token(JwtSigner.EC, "one", "alice");
        authenticate(old);
        set = "{\"keys\":[" + JwtSigner.RSA.jwk("two") + "]}";
        passSeconds(300);

        authenticator.check();
        fetchIsOver();

        assertThat(authenticate(old).principal()).isNull();
        assertThat(authenticate(token(JwtSigner.RSA, "two", "bob")).principal()).isNotNull();
    }

    /** All tokens at once would be more than may wait for a verification. */
    @Test
    void aRotationKeepsTheVerifiedTokensOfTheKeysThatStay() throws Exception {
        set = "{\"keys\":[" + JwtSigner.EC.jwk("one") + "," + JwtSigner.ED25519.jwk("gone") + "]}";
        String stays = token(JwtSigner.EC, "one", "alice");
        String gone = token(JwtSigner.ED25519, "gone", "bob");
        authenticate(stays);
        authenticate(gone);
        set = "{\"keys\":[" + JwtSigner.RSA.jwk("two") + "," + JwtSigner.EC.jwk("one") + "]}";
        passSeconds(300);
        authenticator.check();
        fetchIsOver();

        assertThat(begin(stays)).isDone();
        assertThat(begin(stays).join().principal().name()).isEqualTo("alice");
        assertThat(authenticate(gone).principal()).isNull();

        set = "{\"keys\":[" + JwtSigner.EC.jwk("renamed") + "]}";
        passSeconds(300);
        authenticator.check();
        fetchIsOver();
        assertThat(authenticate(stays).principal()).isNull();
    }

    @Test
    @LogsFaults("the JWK set could not be fetched")
    void theLastKeysAreUsedForAStatedTimeWhileTheIssuerFails() throws Exception {
        String known = token(JwtSigner.EC, "one", "alice");
        authenticate(known);
        status = 500;
        passSeconds(899);
        authenticator.check();
        fetchIsOver();
        assertThat(authenticate(known).principal()).isNotNull();
        assertThat(authenticate(token(JwtSigner.EC, "one", "bob")).principal()).isNotNull();

        passSeconds(2);
        Authentication result = authenticate(known);
        assertThat(result.principal()).isNull();
        assertThat(result.mayPass()).isTrue();

        status = 200;
        passSeconds(JwtAuthenticator.FETCH_SECONDS_MIN);
        assertThat(authenticate(known).principal()).isNotNull();
    }

    @Test
    @LogsFaults("the JWK set could not be fetched")
    void keysThatBecomeTooOldAreReportedOnceAsAChange() throws Exception {
        authenticate(token(JwtSigner.EC, "one", "alice"));
        assertThat(authenticator.check()).isFalse();
        status = 500;
        passSeconds(899);
        assertThat(authenticator.check()).isFalse();
        fetchIsOver();

        passSeconds(2);
        assertThat(authenticator.check()).isTrue();
        assertThat(authenticator.check()).isFalse();
    }

    /** A server that accepts, and sends {@code head} and then one byte after the other for ever. */
    private static Thread trickle(ServerSocket listens, String head, List<Socket> accepted) {
        Thread thread = new Thread(() -> {
            try {
                while (true) {
                    Socket client = listens.accept();
                    accepted.add(client);
                    client.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
                    Thread sends = new Thread(() -> sendForEver(client));
                    sends.setDaemon(true);
                    sends.start();
                }
            } catch (IOException e) {
                // The test is over.
            }
        });
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private static void sendForEver(Socket client) {
        try {
            while (true) {
                client.getOutputStream().write('x');
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
            }
        } catch (IOException e) {
            // The fetch has ended, as expected.
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "HTTP/1.1 200 OK\r\nX-Slow: ",
                "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n",
                "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/\r\nContent-Length: 1000000\r\n\r\n"
            })
    void aServerThatAnswersByteForByteEndsNoLaterThanTheLimitOfTheWholeFetch(String head) throws Exception {
        List<Socket> accepted = new CopyOnWriteArrayList<>();
        try (ServerSocket listens = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            trickle(listens, head, accepted);
            JwksFetch fetch = new JwksFetch("http://127.0.0.1:" + listens.getLocalPort() + "/jwks", 500);
            long begin = System.nanoTime();
            assertThatIOException().isThrownBy(fetch::fetch);
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(20));
            assertThat(accepted).hasSize(1);
        } finally {
            for (Socket socket : accepted) {
                socket.close();
            }
        }
    }

    @Test
    void aRedirectIsNotFollowedAndAnEndlessAnswerIsNotRead() throws Exception {
        AtomicInteger redirected = new AtomicInteger();
        issuer.createContext("/other", exchange -> {
            redirected.incrementAndGet();
            exchange.close();
        });
        issuer.createContext("/redirect", exchange -> {
            exchange.getResponseHeaders().add("Location", "/other");
            exchange.sendResponseHeaders(302, -1);
            exchange.close();
        });
        AtomicLong sent = new AtomicLong();
        issuer.createContext("/endless", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            byte[] part = new byte[64 << 10];
            try {
                while (sent.addAndGet(part.length) < 1L << 30) {
                    exchange.getResponseBody().write(part);
                }
            } finally {
                exchange.close();
            }
        });
        String url = "http://127.0.0.1:" + issuer.getAddress().getPort();

        assertThatIOException()
                .isThrownBy(() -> new JwksFetch(url + "/redirect", 10_000).fetch())
                .withMessageContaining("302");
        assertThat(redirected).hasValue(0);
        assertThatIOException()
                .isThrownBy(() -> new JwksFetch(url + "/endless", 10_000).fetch())
                .withMessageContaining("longer than");
        assertThat(sent.get()).isLessThan(1L << 29);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://user:secret@id.example/jwks",
                "http://id.example/jwks?token=secret",
                "https:///jwks?token=secret",
                "https://id.example/jwks?token=secret^"
            })
    void noMessageAboutAUrlShowsAPasswordOrItsQuery(String url) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new JwksFetch(url, 1_000))
                .withMessageStartingWith("jwt-jwks is ")
                .matches(e -> !e.getMessage().contains("secret"));
    }

    @Test
    @LogsFaults("the JWK set could not be fetched")
    void anAnswerThatIsNoSetLeavesTheLastKeysInUse() throws Exception {
        String known = token(JwtSigner.EC, "one", "alice");
        authenticate(known);
        passSeconds(300);
        for (String bad : List.of(
                "{", "{\"keys\":[]}", "x".repeat((1 << 20) + 1), "{\"keys\":[" + JwtSigner.SECRET.jwk("s") + "]}")) {
            set = bad;
            passSeconds(JwtAuthenticator.FETCH_SECONDS_MIN);
            authenticator.check();
            fetchIsOver();
            assertThat(authenticate(known).principal()).as(bad.substring(0, 1)).isNotNull();
        }
        assertThat(fetches.get()).isGreaterThanOrEqualTo(5);
    }

    @Test
    void anExpiredTokenIsNotKnownAnyMore() throws Exception {
        String known = token(JwtSigner.EC, "one", "alice");
        authenticate(known);
        nowMillis.addAndGet(TimeUnit.SECONDS.toMillis(10_030));

        assertThat(authenticate(known).problem()).isEqualTo("the token has expired");
    }

    @Test
    void aSetIsFetchedOnlyWhereNobodyCanChangeItOnItsWay() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new JwtAuthenticator(config("http://192.0.2.1/jwks"), nowMillis::get, nowNanos::get))
                .withMessageContaining("expected https");
        JwtConfig all = ServerConfig.builder()
                .security(security -> security.jwt(jwt -> jwt.jwks("https://id.example/jwks")))
                .build()
                .security()
                .jwt();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new JwtAuthenticator(all, nowMillis::get, nowNanos::get))
                .withMessageContaining("expected an audience");
    }
}
