package io.streamkeeper.server.wire;

import static io.streamkeeper.server.wire.TestServer.TEXT;
import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.protocol.leak.LeakRecorder;
import io.streamkeeper.protocol.output.LogsFaults;
import io.streamkeeper.server.DurableStreams;
import io.streamkeeper.server.DurableStreamsServer;
import io.streamkeeper.server.config.Transport;
import io.streamkeeper.server.security.Action;
import io.streamkeeper.server.security.Authentication;
import io.streamkeeper.server.security.Credentials;
import io.streamkeeper.server.security.Principal;
import io.streamkeeper.server.security.SecurityPolicy;
import io.streamkeeper.storage.disk.Clock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a server does with a policy of a program: one that fails, waits, or decides otherwise later. */
class PolicyAccessTest {
    private static final TestPolicy POLICY = new TestPolicy();
    private static final String KNOWN = "Authorization: Bearer known";
    private static final String POLL = "?live=long-poll&offset=now&timeout=30";

    /** With NIO: it reports the end of a client only while the channel is read. */
    private static DurableStreams streams;

    private static DurableStreamsServer server;

    /** Decides as the test says. */
    private static final class TestPolicy implements SecurityPolicy {
        private final AtomicInteger asked = new AtomicInteger();
        private volatile Function<Credentials, CompletableFuture<Authentication>> who;
        private volatile Predicate<Action> what;
        private volatile Runnable changed;

        @Override
        public CompletableFuture<Authentication> authenticate(Credentials credentials) {
            asked.incrementAndGet();
            return who.apply(credentials);
        }

        @Override
        public boolean allows(Principal principal, Action action, StreamPath path) {
            return what.test(action);
        }

        @Override
        public void onChange(Runnable newChanged) {
            changed = newChanged;
        }

        void decides(Function<Credentials, CompletableFuture<Authentication>> newWho, Predicate<Action> newWhat) {
            who = newWho;
            what = newWhat;
            changed.run();
        }
    }

    @BeforeAll
    static void start() throws IOException {
        streams = DurableStreams.open(TestServer.config(Transport.NIO));
        server = DurableStreamsServer.start(streams, POLICY);
    }

    @AfterAll
    static void stop() {
        server.stop();
        streams.close();
        LeakRecorder.assertNothingLeaked();
    }

    @BeforeEach
    void everybodyMayDoEverything() {
        POLICY.decides(credentials -> valid(Long.MAX_VALUE), action -> true);
    }

    private static CompletableFuture<Authentication> valid(long expiresAtMillis) {
        return CompletableFuture.completedFuture(
                Authentication.of(new Principal("somebody", expiresAtMillis, List.of(), true)));
    }

    private static CompletableFuture<Authentication> refused() {
        return CompletableFuture.completedFuture(Authentication.refused("the token is revoked"));
    }

    private static Function<Credentials, CompletableFuture<Authentication>> failing(String fault) {
        return credentials -> switch (fault) {
            case "throws" -> throw new IllegalStateException("a fault of the policy");
            case "fails" -> throw new AssertionError("a fault of the policy");
            case "null" -> null;
            case "null later" -> CompletableFuture.completedFuture(null);
            default -> CompletableFuture.failedFuture(new IllegalStateException("a fault of the policy"));
        };
    }

    private static TestConnection connect() throws IOException {
        return new TestConnection(server.address());
    }

    private static String created() throws IOException {
        String path = TestServer.path();
        try (TestConnection connection = connect()) {
            connection.exchange("PUT", path, "data", TEXT, KNOWN).is(201);
        }
        return path;
    }

    private static EventReader events(String path) throws IOException {
        EventReader events = connect().events(path + "?live=sse&offset=now", KNOWN);
        events.control();
        return events;
    }

    @ParameterizedTest
    @CsvSource({"throws, 500", "fails, 500", "null, 500", "null later, 500", "exception later, 503"})
    @LogsFaults("the security policy has failed")
    void anAuthenticationThatFailsRefusesTheRequest(String fault, int status) throws IOException {
        String path = created();
        POLICY.decides(failing(fault), action -> true);

        try (TestConnection connection = connect()) {
            connection.exchange("POST", path, "more", TEXT, KNOWN).is(status);
            connection.exchange("GET", path, "", KNOWN).is(status);
            everybodyMayDoEverything();
            assertThat(connection.exchange("GET", path, "", KNOWN).is(200).text())
                    .isEqualTo("data");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "GET", "DELETE"})
    @LogsFaults("the security policy has failed")
    void aDecisionThatFailsRefusesTheRequest(String method) throws IOException {
        String path = created();
        POLICY.decides(credentials -> valid(Long.MAX_VALUE), action -> {
            throw new IllegalStateException("a fault of the policy");
        });

        try (TestConnection connection = connect()) {
            connection
                    .exchange(method, path, method.startsWith("P") ? "more" : "", TEXT, KNOWN)
                    .isError(500, "internal_error");
            everybodyMayDoEverything();
            assertThat(connection.exchange("GET", path, "", KNOWN).is(200).text())
                    .isEqualTo("data");
        }
    }

    @Test
    @LogsFaults("the security policy has failed")
    void aDecisionAboutTheSourceOfAForkThatFailsRefusesTheFork() throws IOException {
        String source = created();
        POLICY.decides(credentials -> valid(Long.MAX_VALUE), action -> {
            if (action == Action.READ) {
                throw new IllegalStateException("a fault of the policy");
            }
            return true;
        });

        try (TestConnection connection = connect()) {
            connection
                    .exchange("PUT", TestServer.path(), "more", TEXT, KNOWN, "Stream-Forked-From: " + source)
                    .isError(500, "internal_error");
            connection.exchange("DELETE", source, "", KNOWN).is(204);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"throws", "null", "null later"})
    @LogsFaults("the security policy has failed")
    void aPolicyThatFailsAfterAChangeEndsLiveReads(String fault) throws IOException {
        try (EventReader events = events(created())) {
            POLICY.decides(failing(fault), action -> true);

            assertThat(events.control().data()).contains("\"authorizationEnded\":true");
            assertThat(events.next()).isNull();
        }
    }

    @Test
    void onlyShortCredentialsThatWereValidAreRemembered() throws IOException {
        String path = created();
        String longer = "Authorization: Bearer " + "x".repeat(5000);
        try (TestConnection connection = connect()) {
            int before = POLICY.asked.get();
            connection.exchange("GET", path, "", KNOWN).is(200);
            connection.exchange("GET", path, "", KNOWN).is(200);
            assertThat(POLICY.asked.get() - before).isEqualTo(1);
            connection.exchange("GET", path, "", longer).is(200);
            connection.exchange("GET", path, "", longer).is(200);
            assertThat(POLICY.asked.get() - before).isEqualTo(3);
        }
    }

    @Test
    void readsInLineThatARevocationConcernsAreRefusedWhenTheirTurnComes() throws IOException {
        String path = created();
        try (TestConnection connection = connect()) {
            int before = POLICY.asked.get();
            connection.request("GET", path + POLL, "", KNOWN);
            for (int i = 1; i <= 5; i++) {
                connection.request("GET", path + POLL, "", "Authorization: Bearer " + i);
            }
            Awaitility.await().until(() -> POLICY.asked.get() == before + 6);

            POLICY.decides(credentials -> refused(), action -> true);

            connection.input().answer(false).is(204);
            for (int i = 1; i <= 5; i++) {
                connection.input().answer(false).isError(401, "unauthenticated");
            }
        }
    }

    @Test
    void readsInLineThatAChangeStillAllowsBegin() throws IOException {
        String path = created();
        try (TestConnection connection = connect()) {
            int before = POLICY.asked.get();
            connection.request("GET", path + POLL, "", KNOWN);
            connection.request("GET", path + "?offset=-1", "", "Authorization: Bearer other");
            Awaitility.await().until(() -> POLICY.asked.get() == before + 2);

            everybodyMayDoEverything();
            try (TestConnection other = connect()) {
                other.exchange("POST", path, "more", TEXT, KNOWN).is(204);
            }

            assertThat(connection.input().answer(false).is(200).text()).isEqualTo("more");
            connection.input().answer(false).is(200);
        }
    }

    @Test
    void aPollInLineWhoseCredentialsExpireIsRefusedWhenItsTurnComes() throws IOException {
        String path = created();
        long expiry = Clock.SYSTEM.nowMillis() + 2000;
        POLICY.decides(credentials -> valid(expiry), action -> true);
        try (TestConnection connection = connect()) {
            connection.request("GET", path + POLL, "", KNOWN);
            connection.request("GET", path + POLL, "", KNOWN);

            connection.input().answer(false).is(204);
            connection.input().answer(false).isError(401, "unauthenticated");
        }
    }

    @Test
    void anAuthenticationThatBeganBeforeAChangeIsRepeated() throws IOException {
        String path = created();
        CompletableFuture<Authentication> later = new CompletableFuture<>();
        POLICY.decides(credentials -> later, action -> true);
        try (TestConnection connection = connect()) {
            int before = POLICY.asked.get();
            connection.request("POST", path, "more", TEXT, KNOWN);
            Awaitility.await().until(() -> POLICY.asked.get() == before + 1);

            POLICY.decides(credentials -> refused(), action -> true);
            later.complete(valid(Long.MAX_VALUE).join());

            connection.input().answer(false).isError(401, "unauthenticated");
        }
    }

    @Test
    void aLiveReadStaysWhileTheCredentialsCannotBeChecked() throws IOException {
        String path = created();
        AtomicInteger checks = new AtomicInteger();
        try (EventReader events = events(path);
                TestConnection other = connect()) {
            POLICY.decides(
                    credentials -> checks.incrementAndGet() == 1
                            ? CompletableFuture.completedFuture(Authentication.unavailable("no keys"))
                            : valid(Long.MAX_VALUE),
                    action -> true);
            Awaitility.await().until(() -> checks.get() == 2);
            other.exchange("POST", path, "more", TEXT, KNOWN).is(204);

            assertThat(events.next().data()).isEqualTo("more");
        }
    }

    @Test
    void aParkedPollEndsAtAnExpiryThatIsEarlierThanBefore() throws IOException {
        String path = created();
        try (TestConnection connection = connect()) {
            int before = POLICY.asked.get();
            connection.request("GET", path + POLL, "", KNOWN);
            Awaitility.await().until(() -> POLICY.asked.get() == before + 1);

            long expiry = Clock.SYSTEM.nowMillis() + 1000;
            POLICY.decides(credentials -> valid(expiry), action -> true);

            connection.input().answer(false).is(204);
            assertThat(Clock.SYSTEM.nowMillis()).isLessThan(expiry + 15_000);
        }
    }

    /** Neither an authentication that never ends, nor further changes, extend the time. */
    @ParameterizedTest
    @ValueSource(strings = {"?live=sse&offset=now", POLL})
    void aLiveReadAboutWhichThePolicyCannotDecideEndsAfterTheStatedTime(String query) throws Exception {
        String path = created();
        AtomicInteger undecided = new AtomicInteger();
        try (TestConnection connection = connect()) {
            int before = POLICY.asked.get();
            connection.request("GET", path + query, "", KNOWN);
            Awaitility.await().until(() -> POLICY.asked.get() == before + 1);
            long begin = System.nanoTime();
            AtomicBoolean ended = new AtomicBoolean();
            Thread reads = new Thread(() -> {
                try {
                    if (query.equals(POLL)) {
                        connection.input().answer(false).is(204);
                    } else {
                        assertThat(connection.input().rest()).contains("\"authorizationEnded\":true");
                    }
                    ended.set(true);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            reads.start();

            Awaitility.await().pollInterval(Duration.ofMillis(500)).until(() -> {
                boolean isPending = undecided.getAndIncrement() % 2 == 0;
                POLICY.decides(
                        credentials -> isPending
                                ? new CompletableFuture<>()
                                : CompletableFuture.completedFuture(Authentication.unavailable("no keys")),
                        action -> true);
                return ended.get();
            });
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThan(Duration.ofSeconds(8));
            reads.join();
        }
    }

    @Test
    void anEventStreamEndsAtAnExpiryThatIsEarlierThanBefore() throws IOException {
        try (EventReader events = events(created())) {
            long expiry = Clock.SYSTEM.nowMillis() + 1000;
            POLICY.decides(credentials -> valid(expiry), action -> true);

            assertThat(events.control().data()).contains("\"authorizationEnded\":true");
        }
    }

    @Test
    void anEventStreamAfterALongAuthenticationNoticesThatTheClientClosesItsSide() throws IOException {
        String path = created();
        CompletableFuture<Authentication> later = new CompletableFuture<>();
        POLICY.decides(credentials -> later, action -> true);
        try (TestConnection connection = connect()) {
            int before = POLICY.asked.get();
            connection.request("GET", path + "?live=sse&offset=now", "", KNOWN);
            Awaitility.await().until(() -> POLICY.asked.get() == before + 1);
            later.complete(valid(Long.MAX_VALUE).join());
            EventReader events = connection.receiveEvents();
            events.control();

            connection.endSending();

            assertThat(events.next()).isNull();
        }
    }
}
