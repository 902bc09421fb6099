package io.streamkeeper.server.wire;

import static io.streamkeeper.server.wire.TestServer.JSON;
import static io.streamkeeper.server.wire.TestServer.ROOT;
import static io.streamkeeper.server.wire.TestServer.TEXT;
import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.server.security.Action;
import io.streamkeeper.server.security.JwtSigner;
import io.streamkeeper.server.security.SignedUrls;
import io.streamkeeper.storage.disk.Clock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** JSON Web Tokens and signed URLs over connections, and the audit log of all of it. */
class CredentialsTest {
    private static final Set<Action> READ = EnumSet.of(Action.READ);
    private static final Duration HOUR = Duration.ofHours(1);

    @TempDir
    static Path folder;

    private static TestServer server;
    private static SignedUrls urls;

    @BeforeAll
    static void start() throws IOException {
        write("policy", "allow admin all **", "allow * read users/{sub}/**");
        write("keys", "k1 0123456789abcdef0123456789abcdef");
        write("jwt", JwtSigner.EC.files().get(0));
        urls = SignedUrls.of(folder.resolve("keys"));
        server = TestServer.started(TestServer.config(config -> config.security(security -> security.policy(
                        folder.resolve("policy").toString())
                .signingKeys(folder.resolve("keys").toString())
                .audit(folder.resolve("audit").toString())
                .jwt(jwt -> jwt.key(folder.resolve("jwt").toString())
                        .prefixClaim("prefix")
                        .leewaySeconds(0)))));
        for (String path : List.of("chat/1", "chat/2", "users/alice/a", "tenants/t/a")) {
            server.put(ROOT + path, "data", TEXT, token("admin")).is(201);
        }
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static void write(String name, String... lines) throws IOException {
        Path made = Files.write(folder.resolve(name + ".new"), List.of(lines));
        Files.setPosixFilePermissions(made, PosixFilePermissions.fromString("rw-------"));
        Files.move(made, folder.resolve(name), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    }

    private static String token(String subject, Object... claims) {
        return token(3_600, subject, claims);
    }

    private static String token(int seconds, String subject, Object... claims) {
        Map<String, Object> all = new HashMap<>();
        all.put("sub", subject);
        all.put("exp", Clock.SYSTEM.nowMillis() / 1_000 + seconds);
        for (int i = 0; i < claims.length; i += 2) {
            all.put((String) claims[i], claims[i + 1]);
        }
        return "Authorization: Bearer " + JwtSigner.EC.sign(all);
    }

    @Test
    void aTokenIsItsSubjectForTheRules() {
        String alice = token("alice");
        assertThat(server.get(ROOT + "users/alice/a", alice).is(200).text()).isEqualTo("data");
        server.get(ROOT + "users/alice/a", token("bob")).isError(403, "forbidden");
        server.get(ROOT + "chat/1", alice).is(403);
        server.get(ROOT + "users/alice/a", alice.substring(0, alice.length() - 4))
                .isError(401, "unauthenticated");
        server.get(ROOT + "users/alice/a", token(-1, "alice")).isError(401, "unauthenticated");
    }

    @Test
    void aTenantsTokenReachesItsPrefixOnly() {
        String tenant = token("t", "scope", "read append", "prefix", "tenants/t");
        server.get(ROOT + "tenants/t/a", tenant).is(200);
        server.post(ROOT + "tenants/t/a", "x", TEXT, tenant).is(204);
        server.delete(ROOT + "tenants/t/a").is(401);
        server.exchange("DELETE", ROOT + "tenants/t/a", "", tenant).is(403);
        server.get(ROOT + "tenants/u/a", tenant).is(403);
    }

    @Test
    void manyRequestsOfAConnectionWaitInOrderForTheVerificationOfATokenNotSeenBefore() throws IOException {
        String first = token("alice", "n", 1);
        String second = token("bob", "n", 2);
        try (TestConnection connection = server.connect()) {
            for (int i = 0; i < 10; i++) {
                connection.request("GET", ROOT + "users/alice/a", "", first);
                connection.request("GET", ROOT + "users/alice/a", "", second);
            }
            for (int i = 0; i < 10; i++) {
                connection.input().answer(false).is(200);
                connection.input().answer(false).is(403);
            }
        }
    }

    @Test
    void aTokenThatExpiresEndsItsLiveReads() throws IOException {
        String brief = token(3, "alice");
        try (EventReader events = server.events(ROOT + "users/alice/a", "now", brief)) {
            events.control();
            assertThat(events.control().data()).contains("\"authorizationEnded\":true");
            assertThat(events.next()).isNull();
        }
        server.get(ROOT + "users/alice/a", brief).isError(401, "unauthenticated");
    }

    @Test
    void aSignedUrlNeedsNoHeader() throws IOException {
        String signature = "?signature=" + urls.signature(READ, "chat/1", HOUR);

        assertThat(server.get(ROOT + "chat/1" + signature + "&offset=-1")
                        .is(200)
                        .field("Cache-Control"))
                .startsWith("private, ");
        server.get(ROOT + "chat/2" + signature).isError(403, "forbidden");
        server.post(ROOT + "chat/1" + signature, "x", TEXT).isError(403, "forbidden");
        server.get(ROOT + "chat/1" + signature.substring(0, signature.length() - 1))
                .isError(401, "unauthenticated");
        server.get(ROOT + "chat/1" + signature + "&" + signature.substring(1)).isError(400, "invalid_parameter");
        server.get(ROOT + "chat/1" + signature, token("admin")).isError(400, "invalid_parameter");
        try (EventReader events = server.connect().events(ROOT + "chat/1" + signature + "&live=sse&offset=now")) {
            events.control();
        }
    }

    @Test
    void aSignedUrlMayAppendBelowAPrefix() throws IOException {
        String signature = "?signature=" + urls.signatureBelow(EnumSet.of(Action.APPEND), "chat", HOUR);

        server.post(ROOT + "chat/2" + signature, "x", TEXT).is(204);
        server.get(ROOT + "chat/2" + signature).is(403);
        server.post(ROOT + "users/alice/a" + signature, "x", TEXT).is(403);
    }

    @Test
    void aSignedUrlThatExpiresEndsItsLiveReads() throws IOException {
        String signature = "?signature=" + urls.signature(READ, "chat/1", Duration.ofSeconds(2));
        try (EventReader events = server.connect().events(ROOT + "chat/1" + signature + "&live=sse&offset=now")) {
            events.control();
            assertThat(events.control().data()).contains("\"authorizationEnded\":true");
        }
    }

    @Test
    void theAuditLogSaysWhoDidWhatAndShowsNoSecret() throws IOException {
        String signature = urls.signature(READ, "chat/1", HOUR);
        server.get(ROOT + "chat/1?signature=" + signature).is(200);
        server.get(ROOT + "chat/1?signature=x" + signature).is(401);
        server.get(ROOT + "audited", token("bob")).is(403);
        server.get(ROOT + "chat/1?offset=now&live=long-poll&timeout=0", token("admin"))
                .is(204);
        try (EventReader events = server.events(ROOT + "chat/2", "now", token("admin"))) {
            events.control();
        }
        String many = "?live=sse&stream=chat/1@now&stream=chat/2@now";
        try (EventReader events = server.connect().events(ROOT + many, token("admin"))) {
            assertThat(events.next().type()).isEqualTo("session");
        }
        try (TestConnection connection = server.connect()) {
            connection.request("POST", ROOT + "?live=sse", "[\"chat/1@now\"]", JSON, token("carol"));
            assertThat(connection.receiveEvents().next().type()).isEqualTo("session");
        }
        server.post(ROOT + "?live=sse", "[\"chat/1@now\"]", JSON).is(401);
        server.post(ROOT + "?session=x", "{}", JSON, token("dave")).is(404);
        server.head(ROOT + "chat/1").is(401);
        server.exchange("OPTIONS", ROOT + "chat/1", "").is(204);
        server.exchange("PATCH", ROOT + "chat/2", "", "Stream-TTL: 3600", token("admin"))
                .is(200);
        server.exchange("PATCH", ROOT + "chat/2", "", "Stream-TTL: 60", token("bob"))
                .is(403);
        server.post(ROOT + "chat/audited", "x", TEXT, token("admin")).is(404);

        List<String> lines = new ArrayList<>();
        Awaitility.await().until(() -> {
            lines.clear();
            lines.addAll(Files.readAllLines(folder.resolve("audit")));
            return lines.stream().anyMatch(line -> line.contains("chat/audited"));
        });

        assertThat(lines)
                .allMatch(line -> line.startsWith("{\"time\":\"20") && line.endsWith("}"))
                .anyMatch(
                        line -> line.contains(
                                "\"who\":\"signed:k1\",\"action\":\"read\",\"path\":\"/v1/stream/chat/1\",\"status\":200,\"from\":\"127.0.0.1\""))
                .anyMatch(line ->
                        line.contains("\"who\":\"\",\"action\":\"read\",\"path\":\"/v1/stream/chat/1\",\"status\":401"))
                .anyMatch(line -> line.contains("\"who\":\"bob\"") && line.contains("audited\",\"status\":403"))
                .anyMatch(line ->
                        line.contains("\"who\":\"admin\",\"action\":\"append\"") && line.contains("\"status\":404"))
                .allMatch(line -> line.matches(".*\"action\":\"(create|append|read|change|delete|options|route)\".*"))
                .anyMatch(line ->
                        line.contains("\"who\":\"admin\",\"action\":\"read\",\"path\":\"/v1/stream/\",\"status\":200"))
                .anyMatch(line ->
                        line.contains("\"who\":\"carol\",\"action\":\"read\",\"path\":\"/v1/stream/\",\"status\":200"))
                .anyMatch(line -> line.contains(
                        "\"who\":\"anonymous\",\"action\":\"read\",\"path\":\"/v1/stream/\",\"status\":401"))
                .anyMatch(line ->
                        line.contains("\"who\":\"dave\",\"action\":\"route\",\"path\":\"/v1/stream/\",\"status\":404"))
                .anyMatch(line -> line.contains("\"action\":\"read\",\"path\":\"/v1/stream/chat/2\",\"status\":200"))
                .anyMatch(line -> line.contains(
                        "\"who\":\"admin\",\"action\":\"change\",\"path\":\"/v1/stream/chat/2\",\"status\":200"))
                .anyMatch(line -> line.contains(
                        "\"who\":\"bob\",\"action\":\"change\",\"path\":\"/v1/stream/chat/2\",\"status\":403"))
                .noneMatch(line -> line.contains(signature) || line.contains("signature") || line.contains("Bearer"));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("audit"))))
                .isEqualTo("rw-------");
    }
}
