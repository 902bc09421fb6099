package io.streamkeeper.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Offset;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.server.subscription.ClaimResult;
import io.streamkeeper.server.subscription.Glob;
import io.streamkeeper.server.subscription.ScriptedSubscriptions;
import io.streamkeeper.server.subscription.StreamLink;
import io.streamkeeper.server.subscription.SubscriptionParts;
import io.streamkeeper.server.subscription.SubscriptionSpec;
import io.streamkeeper.server.subscription.SubscriptionSpec.Kind;
import io.streamkeeper.server.subscription.SubscriptionView;
import io.streamkeeper.server.subscription.Subscriptions;
import io.streamkeeper.server.subscription.TextTokens;
import io.streamkeeper.server.subscription.Wake;
import io.streamkeeper.server.subscription.WebhookKeys;
import io.streamkeeper.server.wire.Answer;
import io.streamkeeper.server.wire.TestConnection;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The control interfaces of subscriptions over a socket, in front of subscriptions that answer as the test says. */
@Timeout(60)
class SubscriptionHttpTest {
    private static final String SUBSCRIPTIONS = "/v1/stream/__ds/subscriptions";
    private static final String A = SUBSCRIPTIONS + "/a";
    private static final String TOKEN = "t|a|i|7|0";
    private static final String AUTHORIZATION = "Authorization: Bearer " + TOKEN;
    private static final Offset TAIL = new Offset(1, 42);
    private static final String TAIL_TEXT = "0000000000000001_0000000000000084";

    static final WebhookKeys KEYS = new WebhookKeys() {
        @Override
        public CompletableFuture<Void> prepare(Executor workers) {
            return CompletableFuture.runAsync(() -> {}, workers);
        }

        @Override
        public String activeKid() {
            return "ds_1";
        }

        @Override
        public String jwkSet() {
            return "{\"keys\":[]}";
        }
    };

    private final ScriptedSubscriptions subscriptions = new ScriptedSubscriptions();
    private SmallServer server;
    private TestConnection connection;

    @BeforeEach
    void start() throws IOException {
        server = new SmallServer(
                new SubscriptionParts(
                        subscriptions,
                        SubscriptionHttpTest::webhookUrl,
                        KEYS,
                        new TextTokens(),
                        () -> "https://streams.example.com/v1/stream/"),
                null);
        connection = server.connect();
    }

    private static String webhookUrl(String url) {
        if (!url.startsWith("https://")) {
            throw new RefusedException(ErrorCode.WEBHOOK_URL_REJECTED, "no");
        }
        return url;
    }

    @AfterEach
    void stop() throws IOException {
        connection.close();
        server.close();
    }

    private static SubscriptionView view(SubscriptionSpec spec, List<StreamLink> links) {
        return ScriptedSubscriptions.view("a", spec, links);
    }

    private static SubscriptionSpec webhook() {
        return new SubscriptionSpec(
                Kind.WEBHOOK, Glob.parse("events/*"), List.of(), "https://worker.example/", null, 30_000, "about it");
    }

    private static List<StreamLink> links(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> new StreamLink("events/" + i, false, Offset.ZERO, TAIL))
                .toList();
    }

    // ---- put, get, delete ----

    @Test
    void aPutCallsWithTheNormalFormAndAnswersWithTheSubscription() throws IOException {
        subscriptions.answers(new Subscriptions.Put(true, view(webhook(), links(1))));

        Answer created = connection.exchange("PUT", A, """
                        {"type":"webhook","pattern":"events/**/**/x","streams":["b","a","b"],"wake_stream":"wake/pool",
                         "webhook":{"url":"https://worker.example/"},"unknown":[{"a":1.5}],"description":null}
                        """).is(201);

        assertThat(subscriptions.calls())
                .containsExactly("put a SubscriptionSpec[kind=WEBHOOK, pattern=events/**/x, streams=[a, b],"
                        + " webhookUrl=https://worker.example/, wakeStream=null, leaseMillis=30000, description=null]"
                        + " SubscriptionOwner[name=anonymous, hasName=false, grants=[]]");
        assertThat(created.field("Content-Type")).isEqualTo("application/json");
        assertThat(created.field("Cache-Control")).isEqualTo("no-store");
        assertThat(created.text())
                .isEqualTo("{\"id\":\"a\",\"subscription_id\":\"a\",\"type\":\"webhook\",\"pattern\":\"events/*\","
                        + "\"webhook\":{\"url\":\"https://worker.example/\",\"signing\":{\"alg\":\"ed25519\",\"kid\":\"ds_1\","
                        + "\"jwks_url\":\"https://streams.example.com/v1/stream/__ds/jwks.json\"}},\"wake_stream\":null,"
                        + "\"lease_ttl_ms\":30000,\"description\":\"about it\","
                        + "\"created_at\":\"1970-01-01T00:00:01Z\",\"status\":\"failed\",\"state\":\"waking\",\"last_error\":null,"
                        + "\"attempts\":2,\"next_attempt_at\":null,\"generation\":7,\"holder\":null,\"lease_until\":null,"
                        + "\"stream_count\":1,\"lacks_room\":false,\"pending_streams\":1,\"pending_bytes\":5,"
                        + "\"pending_ms\":1200,\"streams\":[{\"path\":\"events/0\",\"link_type\":\"glob\","
                        + "\"acked_offset\":\"0000000000000000_0000000000000000\",\"tail_offset\":\"" + TAIL_TEXT
                        + "\",\"has_pending\":true,\"pending_bytes\":42}]}");
    }

    @Test
    void anotherPutIsAnsweredAsItsCallIs() throws IOException {
        subscriptions.answers(new Subscriptions.Put(false, view(webhook(), List.of())));
        connection.exchange("PUT", A, body("\"lease_ttl_ms\":600000")).is(200);
        assertThat(subscriptions.calls()).singleElement().asString().contains("leaseMillis=600000");

        subscriptions.answers(Refusal.of(ErrorCode.SUBSCRIPTION_EXISTS, "there is another"));
        connection.exchange("PUT", A, body("")).isError(409, "SUBSCRIPTION_ALREADY_EXISTS");
    }

    /** A body for pull-wake with more members, which replace its own. */
    private static String body(String more) {
        String members = more.isEmpty() ? "" : "," + more;
        return "{\"type\":\"pull-wake\",\"wake_stream\":\"wake\",\"pattern\":\"a/*\"" + members + "}";
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "[] | expected one object",
                "{\"a\":1 | expected one object",
                "{} {} | expected one object",
                "nothing | expected one object",
                "{\"a\":[[[[[[[[[]]]]]]]]]} | expected one object",
                "{\"type\":\"webhook\",\"type\":\"webhook\"} | member \"type\" came again",
                "{\"x\":{\"y\":[{\"z\":1,\"z\":2}]}} | member \"x.y[0].z\" came again",
                "{} | member \"type\" is missing; expected a text",
                "{\"type\":7} | member \"type\" is the value 7; expected a text",
                "{\"type\":\"push\"} | member \"type\" is \"push\"; expected webhook or pull-wake",
                "{\"type\":\"webhook\"} | neither pattern nor streams",
                "{\"type\":\"webhook\",\"streams\":[]} | neither pattern nor streams",
                "{\"type\":\"webhook\",\"streams\":\"a\"} | member \"streams\" is the text \"a\"; expected a list",
                "{\"type\":\"webhook\",\"streams\":[\"a\",1]} | member \"streams[1]\" is the value 1; expected a list",
                "{\"type\":\"webhook\",\"streams\":[\"a\",\"b//c\"]} | member \"streams[1]\" is not valid",
                "{\"type\":\"webhook\",\"streams\":[\"__ds/x\"]} | member \"streams[0]\" is \"__ds/x\", which is reserved",
                "{\"type\":\"webhook\",\"streams\":[\"__registry__\"]} | which is reserved",
                "{\"type\":\"webhook\",\"streams\":[\"\\ud800\"]} | surrogate",
                "{\"type\":\"webhook\",\"pattern\":\"\"} | member \"pattern\" is not valid",
                "{\"type\":\"webhook\",\"pattern\":\"a/../b\"} | member \"pattern\" is not valid",
                "{\"type\":\"webhook\",\"pattern\":\"__ds/*\"} | which is reserved",
                "{\"type\":\"webhook\",\"pattern\":\"foo*\"} | has a * beside other characters",
                "{\"type\":\"webhook\",\"pattern\":\"a\"} | member \"webhook\" is missing",
                "{\"type\":\"webhook\",\"pattern\":\"a\",\"webhook\":\"x\"} | member \"webhook\" is the text \"x\"; expected an object",
                "{\"type\":\"webhook\",\"pattern\":\"a\",\"webhook\":{}} | member \"webhook.url\" is missing",
                "{\"type\":\"pull-wake\",\"pattern\":\"a\"} | member \"wake_stream\" is missing",
                "{\"type\":\"pull-wake\",\"streams\":[\"w\"],\"wake_stream\":\"w\"} | which is one of streams too",
                "{\"type\":\"pull-wake\",\"pattern\":\"a\",\"wake_stream\":\"w\",\"lease_ttl_ms\":999} | is 999; expected 1000 to 600000",
                "{\"type\":\"pull-wake\",\"pattern\":\"a\",\"wake_stream\":\"w\",\"lease_ttl_ms\":\"1000\"} | is the text \"1000\"; expected a whole number",
                "{\"type\":\"pull-wake\",\"pattern\":\"a\",\"wake_stream\":\"w\",\"lease_ttl_ms\":1000.5} | a number that is not whole",
                "{\"type\":\"pull-wake\",\"pattern\":\"a\",\"wake_stream\":\"w\",\"lease_ttl_ms\":1e99999} | a number that is not whole",
                "{\"type\":\"pull-wake\",\"pattern\":\"a\",\"wake_stream\":\"w\",\"description\":{}} | member \"description\" is an object"
            })
    void aBodyThatIsNotValidIsRefusedWithItsMember(String body, String message) throws IOException {
        Answer refused = connection.exchange("PUT", A, body).isError(400, "INVALID_REQUEST");

        assertThat(refused.text().replace("\\\"", "\"")).contains(message);
        assertThat(subscriptions.calls()).isEmpty();
    }

    @Test
    void bytesThatAreNotUtf8AndCodingsAreRefused() throws IOException {
        connection.exchange("PUT", A, "{}", "Content-Encoding: gzip").isError(415, "unsupported_content_encoding");
        connection.exchange("PUT", A, "x".repeat((4 << 20) + 1)).isError(413, "body_too_large");
    }

    @Test
    void aLongBodyIsRead() throws IOException {
        subscriptions.answers(new Subscriptions.Put(true, view(webhook(), List.of())));
        String streams =
                IntStream.range(0, 20_000).mapToObj(i -> "\"s/" + i + "\"").collect(Collectors.joining(","));

        connection.exchange("PUT", A, body("\"streams\":[" + streams + "]")).is(201);

        assertThat(subscriptions.calls()).singleElement().asString().contains("s/19999,");
        assertThat(server.memory().splitting().usedBytes()).isZero();
    }

    @Test
    void theUrlOfAWebhookIsChecked() throws IOException {
        connection
                .exchange(
                        "PUT", A, "{\"type\":\"webhook\",\"pattern\":\"a\",\"webhook\":{\"url\":\"http://10.0.0.1/\"}}")
                .isError(400, "WEBHOOK_URL_REJECTED");
    }

    @Test
    void aSubscriptionWithManyLinksIsWrittenWhole() throws IOException {
        List<StreamLink> links = links(20_000);
        SubscriptionView first = view(webhook(), links).withLinks(links.subList(0, 100), "events/1087");
        subscriptions.answers(first).answers(view(webhook(), links));

        String text = connection.exchange("GET", A, "").is(200).text();

        assertThat(text).startsWith("{\"id\":\"a\"").endsWith("}]}").contains("\"stream_count\":20000,");
        assertThat(text.split("\"path\":", -1)).hasSize(links.size() + 1);
        subscriptions.answers(first).answers(view(webhook(), links));
        connection.exchange("HEAD", A, "").is(200);
        subscriptions.answers(new Subscriptions.Put(false, first)).answers(view(webhook(), links));
        assertThat(connection.exchange("PUT", A, body("")).is(200).text()).isEqualTo(text);
        subscriptions.answers(Refusal.of(ErrorCode.SUBSCRIPTION_NOT_FOUND, "none"));
        connection.exchange("GET", A, "").isError(404, "SUBSCRIPTION_NOT_FOUND");
    }

    @Test
    void aPageOfLinksEndsWithTheNextPath() throws IOException {
        for (int count : List.of(1, 100)) {
            subscriptions.answers(view(webhook(), links(count)).withLinks(links(count), "events/z"));

            String text = connection
                    .exchange("GET", A + "?after=%C3%A4&limit=7&pending=true", "")
                    .is(200)
                    .text();

            assertThat(text).endsWith("}],\"next\":\"events/z\"}");
            assertThat(subscriptions.calls()).containsExactly("get a LinkRange[after=ä, limit=7, onlyPending=true]");
        }
        connection.exchange("GET", A + "?limit=0", "").isError(400, "invalid_parameter");
        connection.exchange("GET", A + "?pending=yes", "").isError(400, "invalid_parameter");
        assertThat(subscriptions.calls()).isEmpty();
    }

    @Test
    void aDeletedSubscriptionIsAnsweredWithoutABody() throws IOException {
        Answer deleted = connection.exchange("DELETE", A, "").is(204);

        assertThat(deleted.field("Content-Length")).isNull();
        assertThat(subscriptions.calls()).containsExactly("delete a");
    }

    // ---- ids ----

    @ParameterizedTest
    @CsvSource({"a%20b, a b", "%C3%A4, ä", "a%25, a%", "a+b, a+b", "..a, ..a"})
    void anIdIsDecodedOnce(String encoded, String id) throws IOException {
        connection.exchange("DELETE", SUBSCRIPTIONS + "/" + encoded, "").is(204);

        assertThat(subscriptions.calls()).containsExactly("delete " + id);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a%2Fb", "a%00", "a%0a", "%FF", "%2e%2e", ".", "a%2"})
    void anIdThatIsNotOneSegmentIsRefused(String encoded) throws IOException {
        connection.exchange("DELETE", SUBSCRIPTIONS + "/" + encoded, "").isError(400, "INVALID_REQUEST");
        assertThat(subscriptions.calls()).isEmpty();
    }

    @Test
    void anIdIsBounded() throws IOException {
        connection.exchange("DELETE", SUBSCRIPTIONS + "/" + "a".repeat(256), "").is(204);
        connection.exchange("DELETE", SUBSCRIPTIONS + "/" + "a".repeat(257), "").isError(400, "INVALID_REQUEST");
    }

    // ---- list ----

    @Test
    void aListHasItsPageWithoutLinks() throws IOException {
        subscriptions.answers(new Subscriptions.Page(List.of(view(webhook(), List.of())), "a"));

        String text = connection
                .exchange("GET", SUBSCRIPTIONS + "?after=%C3%A4&limit=7&x=1", "")
                .is(200)
                .text();

        assertThat(subscriptions.calls()).containsExactly("list * ä 7");
        assertThat(text).startsWith("{\"subscriptions\":[{\"id\":\"a\",").endsWith("}],\"next\":\"a\"}");
        assertThat(text).doesNotContain("\"streams\"");
        subscriptions.answers(new Subscriptions.Page(List.of(), null));
        assertThat(connection.exchange("GET", SUBSCRIPTIONS, "").is(200).text()).isEqualTo("{\"subscriptions\":[]}");
        assertThat(subscriptions.calls()).containsExactly("list * null 100");
        subscriptions.answers(new Subscriptions.Page(List.of(), null));
        connection.exchange("GET", SUBSCRIPTIONS + "?prefix=a%20", "").is(200);
        assertThat(subscriptions.calls()).containsExactly("list a * null 100");
    }

    @ParameterizedTest
    @ValueSource(strings = {"limit=0", "limit=1001", "limit=x", "limit=1&limit=1", "after=a&after=b"})
    void aListWithAnInvalidParameterIsRefused(String query) throws IOException {
        connection.exchange("GET", SUBSCRIPTIONS + "?" + query, "").isError(400, "invalid_parameter");
    }

    // ---- links ----

    @Test
    void streamsAreAddedAndRemoved() throws IOException {
        connection
                .exchange("POST", A + "/streams", "{\"streams\":[\"b\",\"a/ä\"]}")
                .is(204);
        connection.exchange("DELETE", A + "/streams/manual%2Fb", "").is(204);
        connection.exchange("DELETE", A + "/streams/manual/b%252F", "").is(204);

        assertThat(subscriptions.calls())
                .containsExactly("addStreams a [a/ä, b]", "removeStream a manual/b", "removeStream a manual/b%2F");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"streams\":[]}", "{\"streams\":[null]}", "{\"streams\":[\"\"]}", "[]", ""})
    void noStreamsAreRefused(String body) throws IOException {
        connection.exchange("POST", A + "/streams", body).isError(400, "INVALID_REQUEST");
    }

    @Test
    void aPathThatIsNoneIsRefused() throws IOException {
        connection.exchange("DELETE", A + "/streams/", "").isError(400, "INVALID_REQUEST");
        connection.exchange("DELETE", A + "/streams/a//b", "").isError(400, "INVALID_REQUEST");
    }

    @Test
    void aCursorIsMoved() throws IOException {
        for (String place : List.of(TAIL_TEXT, "-1", "now")) {
            connection
                    .exchange("POST", A + "/seek", "{\"stream\":\"events/0\",\"offset\":\"" + place + "\"}")
                    .is(204);
        }
        Answer refused = connection
                .exchange("POST", A + "/seek", "{\"stream\":\"events/0\",\"offset\":\"-2\"}")
                .isError(409, "INVALID_OFFSET");
        assertThat(refused.text()).contains("or -1 for the beginning, or now for the end");

        assertThat(subscriptions.calls())
                .containsExactly(
                        "seek a events/0 At[offset=" + TAIL_TEXT + "]",
                        "seek a events/0 Beginning[]",
                        "seek a events/0 Now[]");
    }

    // ---- wakes ----

    @Test
    void aClaimIsAnsweredWithItsWake() throws IOException {
        subscriptions.answers(new ClaimResult.Claimed(new Wake("a", "w_1", 7, links(1), "tok", 30_000)));

        Answer claimed =
                connection.exchange("POST", A + "/claim", "{\"worker\":\"w\"}").is(200);

        assertThat(subscriptions.calls()).containsExactly("claim a w");
        assertThat(claimed.text())
                .isEqualTo(
                        "{\"wake_id\":\"w_1\",\"generation\":7,\"token\":\"tok\",\"streams\":[{\"path\":\"events/0\","
                                + "\"link_type\":\"glob\",\"acked_offset\":\"0000000000000000_0000000000000000\",\"tail_offset\":\""
                                + TAIL_TEXT + "\",\"has_pending\":true}],\"lease_ttl_ms\":30000}");
    }

    @Test
    void aClaimOfAHeldLeaseNamesItsHolder() throws IOException {
        subscriptions.answers(new ClaimResult.Held("worker \"1\"", 7));

        String text = connection
                .exchange("POST", A + "/claim", "{\"worker\":\"w\"}")
                .is(409)
                .text();

        assertThat(text)
                .startsWith("{\"error\":{\"code\":\"ALREADY_CLAIMED\",\"message\":\"")
                .endsWith("\",\"current_holder\":\"worker \\\"1\\\"\",\"generation\":7}}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"worker\":\"\"}", "{\"worker\":1}", "{\"worker\":null}"})
    void aClaimWithoutAWorkerIsRefused(String body) throws IOException {
        connection.exchange("POST", A + "/claim", body).isError(400, "INVALID_REQUEST");
    }

    @ParameterizedTest
    @CsvSource({"callback, WEBHOOK", "ack, PULL_WAKE"})
    void anAcknowledgementIsPassedOn(String path, String kind) throws IOException {
        subscriptions.answers(true);
        Answer acked = connection
                .exchange(
                        "POST",
                        A + "/" + path,
                        "{\"wake_id\":\"w_1\",\"generation\":7,\"acks\":[{\"stream\":\"events/0\",\"offset\":\""
                                + TAIL_TEXT + "\"}],\"done\":true}",
                        AUTHORIZATION)
                .is(200);

        assertThat(acked.text()).isEqualTo("{\"ok\":true,\"next_wake\":true}");
        assertThat(subscriptions.calls())
                .containsExactly("ack a " + kind + " AckRequest[token=" + TOKEN
                        + ", wakeId=w_1, generation=7, acks={events/0=" + TAIL_TEXT + "}, done=true]");
    }

    @Test
    void anAcknowledgementMayBeAHeartbeat() throws IOException {
        subscriptions.answers(false);
        assertThat(connection
                        .exchange(
                                "POST",
                                A + "/ack",
                                "{\"wake_id\":\"w_1\",\"generation\":7}",
                                "authorization: bearer  " + TOKEN)
                        .is(200)
                        .text())
                .isEqualTo("{\"ok\":true,\"next_wake\":false}");
        assertThat(subscriptions.calls()).singleElement().asString().contains("token=" + TOKEN, "acks={}, done=false");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"generation\":7} | INVALID_REQUEST | 400",
                "{\"wake_id\":\"w\"} | INVALID_REQUEST | 400",
                "{\"wake_id\":\"w\",\"generation\":\"7\"} | INVALID_REQUEST | 400",
                "{\"wake_id\":\"w\",\"generation\":7,\"acks\":{}} | INVALID_REQUEST | 400",
                "{\"wake_id\":\"w\",\"generation\":7,\"acks\":[7]} | INVALID_REQUEST | 400",
                "{\"wake_id\":\"w\",\"generation\":7,\"acks\":[{\"stream\":\"a\"}]} | INVALID_REQUEST | 400",
                "{\"wake_id\":\"w\",\"generation\":7,\"acks\":[{\"stream\":\"a\",\"offset\":null}]} | INVALID_REQUEST | 400",
                "{\"wake_id\":\"w\",\"generation\":7,\"acks\":[{\"stream\":\"a\",\"offset\":12}]} | INVALID_REQUEST | 400",
                "{\"wake_id\":\"w\",\"generation\":7,\"acks\":[{\"stream\":\"a\",\"offset\":\"-1\"}]} | INVALID_OFFSET | 409",
                "{\"wake_id\":\"w\",\"generation\":7,\"acks\":[{\"stream\":\"a\",\"offset\":\"now\"}]} | INVALID_OFFSET | 409",
                "{\"wake_id\":\"w\",\"generation\":7,\"done\":\"true\"} | INVALID_REQUEST | 400",
                "{\"wake_id\":\"w\",\"generation\":7,\"done\":1} | INVALID_REQUEST | 400",
                "[] | INVALID_REQUEST | 400"
            })
    void anAcknowledgementThatIsNotValidChangesNothing(String body, String code, int status) throws IOException {
        connection.exchange("POST", A + "/callback", body, AUTHORIZATION).isError(status, code);
        assertThat(subscriptions.calls()).isEmpty();
    }

    @Test
    void aStreamIsAcknowledgedOnce() throws IOException {
        String ack = "{\"stream\":\"a\",\"offset\":\"" + TAIL_TEXT + "\"}";
        connection
                .exchange(
                        "POST",
                        A + "/ack",
                        "{\"wake_id\":\"w\",\"generation\":7,\"acks\":[" + ack + "," + ack + "]}",
                        AUTHORIZATION)
                .isError(400, "INVALID_REQUEST");
    }

    @Test
    void aLeaseIsReleased() throws IOException {
        connection
                .exchange("POST", A + "/release", "{\"wake_id\":\"w_1\",\"generation\":7}", AUTHORIZATION)
                .is(204);

        assertThat(subscriptions.calls()).containsExactly("release a " + TOKEN + " w_1 7");
    }

    @ParameterizedTest
    @ValueSource(strings = {"callback", "ack", "release"})
    void aWakeNeedsItsToken(String path) throws IOException {
        connection
                .exchange("POST", A + "/" + path, "{\"wake_id\":\"w_1\",\"generation\":7}")
                .isError(401, "TOKEN_INVALID");
        connection
                .exchange("POST", A + "/" + path, "{\"wake_id\":\"w_1\",\"generation\":7}", "Authorization: Basic eA==")
                .isError(401, "TOKEN_INVALID");
        assertThat(subscriptions.calls()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"t0k", "t|b|i|7|0"})
    void withoutATokenOfTheSubscriptionTheBodyIsNotRead(String token) throws IOException {
        for (String path : List.of("callback", "ack", "release")) {
            connection
                    .exchange("POST", A + "/" + path, "no JSON", "Authorization: Bearer " + token)
                    .isError(401, "TOKEN_INVALID");
        }
        assertThat(subscriptions.calls()).isEmpty();
    }

    @Test
    void theHeapOfABodyIsHeldUntilTheAnswer() throws IOException {
        for (int unread : List.of(10, 100_000)) {
            String ack = "{\"wake_id\":\"w\",\"generation\":7,\"unread\":[" + "0,".repeat(unread) + "0]}";
            long[] held = new long[1];
            subscriptions.beforeAnswer(
                    () -> held[0] = server.memory().splitting().usedBytes());
            subscriptions.answers(Refusal.of(ErrorCode.FENCED, "no"));

            connection.exchange("POST", A + "/ack", ack, AUTHORIZATION).isError(409, "FENCED");

            assertThat(held[0]).isGreaterThan(ack.length());
            assertThat(server.memory().splitting().usedBytes()).isZero();
        }
    }

    @Test
    void aBodyThatNeedsMoreHeapThanThereIsIsTooLarge() throws IOException {
        connection.exchange("PUT", A, "x".repeat(4 << 20)).isError(413, "body_too_large");
    }

    // ---- methods and paths ----

    @Test
    void theKeysArePublicAndCached() throws IOException {
        Answer keys =
                connection.exchange("GET", "/v1/stream/__ds/jwks.json", "").is(200);

        assertThat(keys.text()).isEqualTo("{\"keys\":[]}");
        assertThat(keys.field("Content-Type")).isEqualTo("application/jwk-set+json");
        assertThat(keys.field("Cache-Control")).isEqualTo("public, max-age=300");
        connection.exchange("HEAD", "/v1/stream/__ds/jwks.json", "").is(200);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/v1/stream/__ds/jwks.json | POST | GET, HEAD, OPTIONS",
                "/v1/stream/__ds/subscriptions | PUT | GET, HEAD, OPTIONS",
                "/v1/stream/__ds/subscriptions/a | POST | GET, HEAD, PUT, DELETE, OPTIONS",
                "/v1/stream/__ds/subscriptions/a/streams | PUT | POST, OPTIONS",
                "/v1/stream/__ds/subscriptions/a/streams/b/c | POST | DELETE, OPTIONS",
                "/v1/stream/__ds/subscriptions/a/claim | GET | POST, OPTIONS"
            })
    void aPathHasItsMethods(String path, String other, String allow) throws IOException {
        assertThat(connection
                        .exchange(other, path, "")
                        .isError(405, "method_not_allowed")
                        .field("Allow"))
                .isEqualTo(allow);
        assertThat(connection.exchange("OPTIONS", path, "").is(204).field("Allow"))
                .isEqualTo(allow);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1/stream/__ds",
                "/v1/stream/__ds/",
                "/v1/stream/__ds/subscriptions/",
                "/v1/stream/__ds/subscriptions/a/",
                "/v1/stream/__ds/subscriptions/a/other",
                "/v1/stream/__ds/subscriptions/a/claim/b",
                "/v1/stream/__ds/other",
                "/v1/stream/%5F_ds/subscriptions/a"
            })
    void otherReservedPathsAreNotFound(String path) throws IOException {
        for (String method : List.of("GET", "PUT", "POST", "DELETE")) {
            Answer answer = connection.exchange(method, path, "x", "Content-Type: text/plain");
            assertThat(answer.status()).as(method).isIn(400, 404);
        }
        assertThat(subscriptions.calls()).isEmpty();
    }

    @Test
    void pagesOfOtherSitesMayNeitherWriteNorReadPaths() throws IOException {
        String page = "Origin: https://other.example";
        for (List<String> request : List.of(
                List.of("PUT", A), List.of("GET", A), List.of("GET", SUBSCRIPTIONS), List.of("POST", A + "/claim"))) {
            connection.exchange(request.get(0), request.get(1), "", page).isError(403, "origin_not_allowed");
        }
        connection.exchange("GET", "/v1/stream/__ds/jwks.json", "", page).is(200);
        connection.exchange("OPTIONS", A, "", page).is(204);
    }

    @Test
    void requestsAreAnsweredInTheirOrder() throws IOException {
        List<String> requests = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            subscriptions.answers(new Subscriptions.Page(List.of(), "page " + i));
            requests.add("GET " + SUBSCRIPTIONS + " HTTP/1.1\r\nHost: a\r\n\r\n");
        }
        connection.send(String.join("", requests));
        for (int i = 0; i < 3; i++) {
            assertThat(connection.input().answer(false).text()).contains("page " + i);
        }
    }

    @Test
    void theStreamOfASubscriptionIsNoStreamOfAClient() throws IOException {
        StreamPath log = new StreamPath("__ds/subscriptions/a");
        assertThat(log.isReserved()).isTrue();
        String text = connection
                .exchange("PUT", "/v1/stream/fork", "", "Stream-Forked-From: /v1/stream/" + log.value())
                .isError(404, "source_not_found")
                .text();
        assertThat(text).contains("no client has a stream at the reserved path");
    }
}
