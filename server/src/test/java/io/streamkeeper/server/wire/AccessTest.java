package io.streamkeeper.server.wire;

import static io.streamkeeper.server.wire.TestServer.BINARY;
import static io.streamkeeper.server.wire.TestServer.ROOT;
import static io.streamkeeper.server.wire.TestServer.TEXT;
import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.server.security.NewToken;
import io.streamkeeper.storage.disk.Clock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may do what, over connections, with tokens and rules of files. */
class AccessTest {
    private static final List<String> RULES = List.of(
            "allow admin all **",
            "allow reader read shared/**",
            "allow writer append,create shared/** own/**",
            "allow * read,append users/{sub}/**",
            "allow lister list catalog/*",
            "allow anonymous read public/**");

    @TempDir
    static Path folder;

    private static final NewToken ADMIN = NewToken.make("admin", null);
    private static final NewToken READER = NewToken.make("reader", null);
    private static final NewToken WRITER = NewToken.make("writer", null);

    private static final NewToken LISTER = NewToken.make("lister", null);

    static TestServer server;

    @BeforeAll
    static void start() throws IOException {
        replace("tokens", List.of(ADMIN.line(), READER.line(), WRITER.line(), LISTER.line()));
        replace("policy", RULES);
        server = TestServer.started(TestServer.config(config -> config.security(
                security -> security.tokens(folder.resolve("tokens").toString())
                        .policy(folder.resolve("policy").toString()))));
        for (String path : List.of("shared/a", "own/a", "public/a", "users/reader/a", "users/writer/a", "secret")) {
            server.put(ROOT + path, "data", TEXT, bearer(ADMIN)).is(201);
        }
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    /** Replaces a file as a program does that never shows half of it. */
    private static void replace(String name, List<String> lines) {
        try {
            Path made = Files.write(folder.resolve(name + ".new"), lines);
            Files.move(made, folder.resolve(name), StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String bearer(NewToken token) {
        return "Authorization: Bearer " + token.token();
    }

    private static NewToken token(String name) {
        return switch (name) {
            case "admin" -> ADMIN;
            case "reader" -> READER;
            case "writer" -> WRITER;
            default -> throw new AssertionError(name);
        };
    }

    private static Answer list(String query, String... fields) {
        return server.get(ROOT + query, fields);
    }

    @Test
    void aListingHasOnlyWhatMayBeListed() {
        server.put(ROOT + "catalog/a/1", "", TEXT, bearer(ADMIN)).is(201);
        server.put(ROOT + "catalog/b", "", TEXT, bearer(ADMIN)).is(201);

        assertThat(list("?prefix=catalog/", bearer(LISTER)).is(200).text())
                .contains("\"catalog/b\"")
                .doesNotContain("catalog/a");
        assertThat(list("?prefix=catalog/&delimiter=/", bearer(LISTER)).is(200).text())
                .contains("\"prefixes\":[]")
                .doesNotContain("catalog/a");
        assertThat(list("?limit=1000", bearer(ADMIN)).is(200).text()).contains("\"secret\"", "\"catalog/a/1\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "?prefix=", "?prefix=catalog", "?prefix=catalogs/", "?prefix=secret", "?prefix=none"})
    void aPrefixBeyondTheRightToListIsRefused(String query) {
        list(query, bearer(LISTER)).isError(403, "forbidden");
        list(query, bearer(READER)).isError(403, "forbidden");
        list(query).isError(401, "unauthenticated");
        String withoutSlash = ROOT.substring(0, ROOT.length() - 1) + query;
        server.get(withoutSlash, bearer(LISTER)).isError(403, "forbidden");
        server.get(withoutSlash).isError(401, "unauthenticated");
        server.get(withoutSlash, bearer(ADMIN)).is(200);
        server.post(withoutSlash, "").isError(400, "invalid_parameter");
    }

    @ParameterizedTest
    @CsvSource({
        "reader, GET, shared/a, 200",
        "reader, HEAD, shared/a, 200",
        "reader, GET, shared/none, 404",
        "reader, POST, shared/a, 403",
        "reader, DELETE, shared/a, 403",
        "reader, PUT, shared/new, 403",
        "reader, GET, own/a, 403",
        "reader, GET, own/none, 403",
        "reader, HEAD, own/a, 403",
        "reader, GET, secret, 403",
        "reader, GET, users/reader/a, 200",
        "reader, GET, users/writer/a, 403",
        "reader, POST, users/reader/a, 204",
        "reader, DELETE, users/reader/a, 403",
        "reader, GET, public/a, 200",
        "writer, GET, shared/a, 403",
        "writer, POST, shared/a, 204",
        "writer, POST, public/a, 403",
        "writer, PUT, own/b, 201",
        "admin, DELETE, own/none, 404",
        "writer, PATCH, own/a, 403",
        "writer, PATCH, own/none, 403",
        "reader, PATCH, users/reader/a, 403",
        "admin, PATCH, own/a, 400",
        "admin, PATCH, own/none, 400"
    })
    void theRulesDecide(String name, String method, String path, int status) {
        server.exchange(method, ROOT + path, method.startsWith("P") ? "x" : "", TEXT, bearer(token(name)))
                .is(status);
    }

    @ParameterizedTest
    @CsvSource({"GET, secret", "GET, none", "POST, secret", "PUT, none", "DELETE, secret", "POST, public/a"})
    void withoutCredentialsTheClientIsAskedForThem(String method, String path) {
        Answer answer = server.exchange(method, ROOT + path, method.startsWith("P") ? "x" : "", TEXT)
                .isError(401, "unauthenticated");

        assertThat(answer.field("WWW-Authenticate")).isEqualTo("Bearer realm=\"streamkeeper\"");
        assertThat(answer.field("Cache-Control")).isEqualTo("no-store");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Bearer sk_unknown",
                "Bearer",
                "Bearer ",
                "Basic YWRtaW46YWRtaW4=",
                "TOKEN",
                "bearerTOKEN",
                "Bearer TOKENx",
                "Bearer xTOKEN",
                "Bearer TOKEN TOKEN"
            })
    void credentialsThatAreNotValidAreRefusedEvenWhereNoneAreNeeded(String value) {
        String field = "Authorization: " + value.replace("TOKEN", ADMIN.token());

        Answer answer = server.get(ROOT + "secret", field).isError(401, "unauthenticated");

        assertThat(answer.text()).doesNotContain(ADMIN.token());
        server.get(ROOT + "public/a", field).isError(401, "unauthenticated");
    }

    @Test
    void aPathWithoutRightAnswersTheSameWhetherAStreamIsThere() {
        for (String method : List.of("GET", "POST", "DELETE", "PUT", "PATCH")) {
            String body = method.startsWith("P") ? "x" : "";
            Answer there = server.exchange(method, ROOT + "secret", body, TEXT, bearer(READER))
                    .isError(403, "forbidden");
            Answer notThere = server.exchange(method, ROOT + "secres", body, TEXT, bearer(READER))
                    .is(403);
            assertThat(notThere.text()).isEqualTo(there.text());
            assertThat(notThere.fields().keySet()).isEqualTo(there.fields().keySet());
        }
        assertThat(server.get(ROOT + "secret", bearer(ADMIN)).text()).isEqualTo("data");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "shared/../secret",
                "shared/%2e%2e/secret",
                "shared/..%2fsecret",
                "shared/%2E%2E%2Fsecret",
                "shared//secret",
                "./secret",
                "%73ecret",
                "SECRET/../secret",
                "shared/a/../../secret",
                "secret/",
                "secret?signature=x"
            })
    void noWritingOfAPathLeadsToAStreamWithoutRight(String path) {
        Answer answer = server.get(ROOT + path, bearer(READER));

        assertThat(answer.status()).isIn(400, 401, 403);
        assertThat(answer.text()).doesNotContain("data\"").isNotEqualTo("data");
    }

    @Test
    void anEncodedPathIsTheSameStreamForTheRules() {
        assertThat(server.get(ROOT + "sh%61red/a", bearer(READER)).is(200).text())
                .startsWith("data");
        server.get(ROOT + "%75sers/writer/a", bearer(READER)).is(403);
        if (!server.speaksHttp2()) {
            server.get("http://localhost" + ROOT + "secret", bearer(READER)).is(403);
        }
    }

    @Test
    void aForkNeedsTheRightToReadItsSource() {
        String mine = ROOT + "own/fork";
        for (String source : List.of("secret", "none")) {
            server.put(mine, "", TEXT, bearer(WRITER), "Stream-Forked-From: " + ROOT + source)
                    .isError(403, "forbidden");
        }
        server.get(mine, bearer(ADMIN)).is(404);
        server.put(mine, "", TEXT, bearer(ADMIN), "Stream-Forked-From: " + ROOT + "secret")
                .is(201);
        server.put(ROOT + "own/public", "", TEXT, bearer(WRITER), "Stream-Forked-From: " + ROOT + "public/a")
                .is(201);
    }

    @Test
    void repeatedEqualCredentialsCountOnceAndDifferentOnesAreRefused() {
        server.get(ROOT + "secret", bearer(ADMIN), bearer(ADMIN)).is(200);
        server.get(ROOT + "secret", bearer(ADMIN), bearer(READER)).isError(400, "invalid_header");
        server.get(ROOT + "secret", bearer(READER), bearer(ADMIN)).isError(400, "invalid_header");
    }

    @Test
    void eachRequestOfAConnectionIsDecidedByItsOwnCredentials() throws IOException {
        try (TestConnection connection = server.connect()) {
            connection.request("GET", ROOT + "secret", "", bearer(ADMIN));
            connection.request("GET", ROOT + "secret", "");
            connection.request("GET", ROOT + "secret", "", bearer(READER));
            connection.request("GET", ROOT + "secret", "", bearer(ADMIN));
            connection.input().answer(false).is(200);
            connection.input().answer(false).is(401);
            connection.input().answer(false).is(403);
            connection.input().answer(false).is(200);
        }
    }

    @Test
    void aResponseIsForItsReaderOnly() {
        server.put(ROOT + "public/bytes", "data", BINARY, bearer(ADMIN)).is(201);

        Answer mine = server.get(ROOT + "public/bytes", bearer(READER)).is(200);
        assertThat(mine.field("Cache-Control")).startsWith("private, max-age=");
        assertThat(mine.field("Vary")).isEqualTo("Authorization");
        Answer tail = server.get(ROOT + "public/bytes?offset=" + mine.nextOffset(), bearer(READER))
                .is(200);
        assertThat(tail.field("Cache-Control")).isEqualTo("private, no-cache");
        Answer unchanged = server.get(ROOT + "public/bytes", bearer(READER), "If-None-Match: *")
                .is(304);
        assertThat(unchanged.field("Cache-Control")).startsWith("private, max-age=");
        assertThat(unchanged.field("Vary")).isEqualTo("Authorization");

        Answer open = server.get(ROOT + "public/bytes").is(200);
        assertThat(open.field("Cache-Control")).startsWith("public, max-age=");
        assertThat(open.field("Vary")).isEqualTo("Authorization");
    }

    @Test
    void allThatAResponseDependsOnIsNamedInOneField() {
        server.put(ROOT + "public/text", "data", TEXT, bearer(ADMIN)).is(201);

        // A field that comes twice fails the exchange.
        assertThat(server.get(ROOT + "public/text", bearer(READER)).is(200).field("Vary"))
                .isEqualTo("Accept-Encoding, Authorization");
    }

    @Test
    void healthAndPreflightsNeedNoCredentials() {
        server.get("/health").is(200);
        server.exchange("OPTIONS", ROOT + "secret", "", "Origin: https://example.com")
                .is(204);
        server.get("/other").is(404);
    }

    @Test
    void aChangeOfTheRulesEndsLiveReadsWhichTheyNoLongerAllow() throws IOException {
        try (EventReader events = server.events(ROOT + "shared/a", "now", bearer(READER));
                EventReader others = server.events(ROOT + "shared/a", "now", bearer(ADMIN));
                FrameClient http2 = FrameClient.begun(server);
                TestConnection polling = server.connect()) {
            events.control();
            others.control();
            http2.request(1, "GET", ROOT + "shared/a?live=sse&offset=now", null, bearer(READER));
            http2.head(1).is(200);
            polling.request("GET", ROOT + "shared/a?live=long-poll&offset=now&timeout=30", "", bearer(READER));

            replace("policy", List.of("allow admin all **"));

            Event last = events.control();
            assertThat(last.data()).contains("\"streamNextOffset\":\"").contains("\"authorizationEnded\":true");
            assertThat(events.next()).isNull();
            assertThat(http2.answer(1).text()).contains("\"authorizationEnded\":true");
            polling.input().answer(false).is(204);
            server.get(ROOT + "shared/a", bearer(READER)).is(403);
            server.post(ROOT + "shared/a", "for the admin", TEXT, bearer(ADMIN)).is(204);
            assertThat(others.next().data()).isEqualTo("for the admin");
        } finally {
            replace("policy", RULES);
            Awaitility.await()
                    .until(() -> server.get(ROOT + "shared/a", bearer(READER)).status() == 200);
        }
    }

    @Test
    void aRevokedTokenIsRefusedOnOpenConnectionsToo() throws IOException {
        NewToken brief = NewToken.make("reader", null);
        List<String> all = List.of(ADMIN.line(), READER.line(), WRITER.line(), LISTER.line());
        replace("tokens", List.of(ADMIN.line(), READER.line(), WRITER.line(), LISTER.line(), brief.line()));
        Awaitility.await()
                .until(() -> server.get(ROOT + "shared/a", bearer(brief)).status() == 200);
        try (TestConnection connection = server.connect();
                EventReader events = server.events(ROOT + "shared/a", "now", bearer(brief))) {
            events.control();
            connection.request("GET", ROOT + "shared/a", "", bearer(brief));
            connection.input().answer(false).is(200);

            replace("tokens", all);

            assertThat(events.control().data()).contains("\"authorizationEnded\":true");
            connection.request("GET", ROOT + "shared/a", "", bearer(brief));
            connection.input().answer(false).isError(401, "unauthenticated");
        }
    }

    @Test
    void aTokenThatExpiresEndsItsLiveReads() throws IOException {
        NewToken brief = NewToken.make(
                "reader", Instant.ofEpochMilli(Clock.SYSTEM.nowMillis()).plusSeconds(4));
        replace("tokens", List.of(ADMIN.line(), READER.line(), WRITER.line(), LISTER.line(), brief.line()));
        Awaitility.await()
                .until(() -> server.get(ROOT + "shared/a", bearer(brief)).status() == 200);
        try (TestConnection connection = server.connect();
                EventReader events = server.events(ROOT + "shared/a", "now", bearer(brief))) {
            connection.request("GET", ROOT + "shared/a", "", bearer(brief));
            connection.input().answer(false).is(200);
            events.control();

            assertThat(events.control().data()).contains("\"authorizationEnded\":true");
            connection.request("GET", ROOT + "shared/a", "", bearer(brief));
            assertThat(connection
                            .input()
                            .answer(false)
                            .isError(401, "unauthenticated")
                            .text())
                    .contains("the token has expired");
        }
    }
}
