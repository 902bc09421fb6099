package io.streamkeeper.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.server.security.Action;
import io.streamkeeper.server.security.Authentication;
import io.streamkeeper.server.security.Credentials;
import io.streamkeeper.server.security.Principal;
import io.streamkeeper.server.security.SecurityPolicy;
import io.streamkeeper.server.subscription.Glob;
import io.streamkeeper.server.subscription.ScriptedSubscriptions;
import io.streamkeeper.server.subscription.SubscriptionParts;
import io.streamkeeper.server.subscription.SubscriptionSpec;
import io.streamkeeper.server.subscription.SubscriptionView;
import io.streamkeeper.server.subscription.Subscriptions;
import io.streamkeeper.server.subscription.TextTokens;
import io.streamkeeper.server.wire.TestConnection;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may do what with subscriptions, where the server authenticates. */
@Timeout(60)
class SubscriptionAccessTest {
    private static final String SUBSCRIPTIONS = "/v1/stream/__ds/subscriptions";
    private static final String ALICE = "Authorization: Bearer alice";

    private final Set<String> allowed = new HashSet<>();
    private final ScriptedSubscriptions subscriptions = new ScriptedSubscriptions();
    private SmallServer server;
    private TestConnection connection;

    /** A token is the name of its principal, who may do what {@link #allowed} has. */
    private final class NamePolicy implements SecurityPolicy {
        @Override
        public CompletableFuture<Authentication> authenticate(Credentials credentials) {
            String authorization = credentials.authorization();
            Principal principal = authorization == null
                    ? Principal.ANONYMOUS
                    : Principal.named(authorization.substring("Bearer ".length()));
            return CompletableFuture.completedFuture(Authentication.of(principal));
        }

        @Override
        public boolean allows(Principal principal, Action action, StreamPath path) {
            return allowed.contains(principal.name() + " " + action.text() + " " + path);
        }

        @Override
        public boolean allowsAnywhere(Principal principal, Action action) {
            return allowed.stream().anyMatch(each -> each.startsWith(principal.name() + " " + action.text() + " "));
        }
    }

    @BeforeEach
    void start() throws IOException {
        server = new SmallServer(
                new SubscriptionParts(
                        subscriptions,
                        url -> url,
                        SubscriptionHttpTest.KEYS,
                        new TextTokens(),
                        () -> "https://streams.example.com/"),
                new NamePolicy());
        connection = server.connect();
    }

    @AfterEach
    void stop() throws IOException {
        connection.close();
        server.close();
    }

    private static SubscriptionView view(String id) {
        SubscriptionSpec spec = new SubscriptionSpec(
                SubscriptionSpec.Kind.WEBHOOK, Glob.parse("a"), List.of(), "https://a/", null, 1_000, null);
        return ScriptedSubscriptions.view(id, spec, List.of());
    }

    @ParameterizedTest
    @CsvSource({
        "PUT, /a, 201",
        "GET, /a, 200",
        "DELETE, /a, 204",
        "POST, /a/streams, 204",
        "DELETE, /a/streams/b, 204",
        "POST, /a/seek, 204"
    })
    void theRightToSubscribeIsNeeded(String method, String path, int status) throws IOException {
        String body =
                "{\"type\":\"webhook\",\"pattern\":\"x\",\"webhook\":{\"url\":\"https://a/\"},\"streams\":[\"r\"],"
                        + "\"stream\":\"r\",\"offset\":\"0000000000000001_0000000000000084\"}";

        connection.exchange(method, SUBSCRIPTIONS + path, body).isError(401, "unauthenticated");
        connection.exchange(method, SUBSCRIPTIONS + path, body, ALICE).isError(403, "forbidden");
        allowed.add("alice subscribe __ds/subscriptions/b");
        connection.exchange(method, SUBSCRIPTIONS + path, body, ALICE).isError(403, "forbidden");
        assertThat(subscriptions.calls()).isEmpty();

        allowed.addAll(Set.of("alice subscribe __ds/subscriptions/a", "alice read r"));
        if (method.equals("PUT")) {
            subscriptions.answers(new Subscriptions.Put(true, view("a")));
        } else if (method.equals("GET")) {
            subscriptions.answers(view("a"));
        }
        connection.exchange(method, SUBSCRIPTIONS + path, body, ALICE).is(status);
        assertThat(subscriptions.calls()).hasSize(1);
    }

    @Test
    void theCreatorIsTheOwner() throws IOException {
        allowed.add("alice subscribe __ds/subscriptions/a");
        subscriptions.answers(new Subscriptions.Put(true, view("a")));

        connection
                .exchange(
                        "PUT",
                        SUBSCRIPTIONS + "/a",
                        "{\"type\":\"webhook\",\"pattern\":\"x\",\"webhook\":{\"url\":\"https://a/\"}}",
                        ALICE)
                .is(201);

        assertThat(subscriptions.calls())
                .singleElement()
                .asString()
                .endsWith("SubscriptionOwner[name=alice, hasName=true, grants=[]]");
    }

    @Test
    void streamsThatTheClientMayNotReadAreRefused() throws IOException {
        allowed.addAll(Set.of("alice subscribe __ds/subscriptions/a", "alice read r"));
        String streams = "{\"streams\":[\"r\",\"secret\"]}";

        String text = connection
                .exchange("POST", SUBSCRIPTIONS + "/a/streams", streams, ALICE)
                .isError(403, "forbidden")
                .text();

        assertThat(text).contains("you may not read \\\"secret\\\"");
        assertThat(subscriptions.calls()).isEmpty();
    }

    @Test
    void aWakeStreamThatTheClientMayNotWriteIsRefused() throws IOException {
        allowed.addAll(Set.of("alice subscribe __ds/subscriptions/a", "alice read wake"));
        String body = "{\"type\":\"pull-wake\",\"pattern\":\"x\",\"wake_stream\":\"wake\"}";

        connection.exchange("PUT", SUBSCRIPTIONS + "/a", body, ALICE).isError(403, "forbidden");
        assertThat(subscriptions.calls()).isEmpty();

        allowed.add("alice append wake");
        subscriptions.answers(new Subscriptions.Put(true, view("a")));
        connection.exchange("PUT", SUBSCRIPTIONS + "/a", body, ALICE).is(201);
    }

    @Test
    void aListHasTheSubscriptionsThatTheClientMayManage() throws IOException {
        connection.exchange("GET", SUBSCRIPTIONS, "", ALICE).isError(403, "forbidden");
        allowed.add("alice subscribe __ds/subscriptions/b");
        subscriptions.answers(new Subscriptions.Page(List.of(view("a"), view("b")), "b"));

        String text =
                connection.exchange("GET", SUBSCRIPTIONS, "", ALICE).is(200).text();

        assertThat(text).contains("\"id\":\"b\"", "\"next\":\"b\"").doesNotContain("\"id\":\"a\"");
    }

    /** Their Authorization is the token of a wake, which the policy does not know. */
    @ParameterizedTest
    @ValueSource(strings = {"callback", "ack", "release"})
    void theTokenOfAWakeIsEnough(String path) throws IOException {
        String body = "{\"wake_id\":\"w\",\"generation\":1}";

        int status = connection
                .exchange("POST", SUBSCRIPTIONS + "/a/" + path, body, "Authorization: Bearer t|a|i|1|0")
                .status();

        assertThat(status).isIn(200, 204);
        assertThat(subscriptions.calls()).singleElement().asString().contains("t|a|i|1|0");
    }

    @Test
    void theKeysArePublic() throws IOException {
        connection.exchange("GET", "/v1/stream/__ds/jwks.json", "").is(200);
    }

    @Test
    void aBodyIsNotReadBeforeTheRightIsChecked() throws IOException {
        connection.send("PUT " + SUBSCRIPTIONS + "/a HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n");

        assertThat(connection.input().answer(false).status()).isEqualTo(401);
    }
}
