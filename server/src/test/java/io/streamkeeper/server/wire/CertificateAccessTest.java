package io.streamkeeper.server.wire;

import static io.streamkeeper.server.wire.TestServer.ROOT;
import static io.streamkeeper.server.wire.TestServer.TEXT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.streamkeeper.protocol.files.Identity;
import io.streamkeeper.server.config.TlsConfig.ClientCertificates;
import io.streamkeeper.server.security.NewToken;
import io.streamkeeper.server.tls.Identities;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Clients that are known by their certificates. */
@Timeout(120)
class CertificateAccessTest {
    private static final Identity INGEST = Identities.named("CN=ingest", "");
    private static final Identity OTHER = Identities.named("CN=ingest", "dns:other.example");
    private static final Identity LATER = Identities.named("CN=ingest,O=Later", "");
    private static final NewToken ALICE = NewToken.make("alice", null);
    private static final String TOKEN = "Authorization: Bearer " + ALICE.token();
    private static final List<String> RULES =
            List.of("allow cert:CN=ingest all events/**", "allow alice read events/**", "allow * read shared/**");

    @TempDir
    private Path folder;

    private TestServer server;
    private String path;

    @BeforeEach
    void start() throws IOException {
        write("policy", String.join("\n", RULES));
        write("tokens", ALICE.line());
        write("ca.pem", INGEST.certificatePem() + OTHER.certificatePem());
        server = TestServer.started(TestServer.config(config -> config.tls(TestServer::on)
                .tls(tls -> tls.clientCaFile(folder.resolve("ca.pem").toString())
                        .clientCertificates(ClientCertificates.OPTIONAL))
                .security(security -> security.policy(folder.resolve("policy").toString())
                        .tokens(folder.resolve("tokens").toString()))));
        path = ROOT + "events/" + TestServer.path().substring(ROOT.length());
        assertThat(status(INGEST, "PUT", path, TEXT)).isEqualTo(201);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private void write(String name, String content) throws IOException {
        Path made = Files.writeString(folder.resolve(name + ".new"), content);
        Files.move(made, folder.resolve(name), StandardCopyOption.REPLACE_EXISTING);
    }

    private TestConnection connect(@Nullable Identity own) throws IOException {
        return new TestConnection(
                server.server().address(), 0, Identities.client(own).getSocketFactory());
    }

    private int status(@Nullable Identity own, String method, String target, String... fields) throws IOException {
        try (TestConnection connection = connect(own)) {
            String body = method.equals("POST") ? "x" : "";
            return connection.exchange(method, target, body, fields).status();
        }
    }

    private EventReader events(Identity own) throws IOException {
        EventReader events = connect(own).events(path + "?live=sse&offset=now");
        events.control();
        return events;
    }

    private static void assertAuthorizationEnds(EventReader events) throws IOException {
        assertThat(events.control().data()).contains("\"authorizationEnded\":true");
        assertThat(events.next()).isNull();
    }

    @Test
    void aCertificateIsANameForTheRules() throws IOException {
        assertThat(status(INGEST, "POST", path, TEXT)).isEqualTo(204);
        assertThat(status(INGEST, "GET", ROOT + "elsewhere")).isEqualTo(403);
        assertThat(status(INGEST, "GET", ROOT + "shared/none")).isEqualTo(404);
        assertThat(status(OTHER, "POST", path, TEXT)).isEqualTo(403);
        assertThat(status(OTHER, "GET", ROOT + "shared/none")).isEqualTo(404);
        assertThat(status(null, "GET", path)).isEqualTo(401);
        assertThat(status(null, "GET", ROOT + "shared/none")).isEqualTo(401);
        try (TestConnection connection = connect(INGEST)) {
            assertThat(connection
                            .exchange("GET", path + "?offset=-1", "")
                            .is(200)
                            .field("Cache-Control"))
                    .startsWith("private, ");
        }
    }

    @Test
    void credentialsOfARequestTakeThePlaceOfTheCertificate() throws IOException {
        try (TestConnection connection = connect(INGEST)) {
            connection.exchange("POST", path, "x", TEXT).is(204);
            connection.exchange("POST", path, "x", TEXT, TOKEN).isError(403, "forbidden");
            connection.exchange("GET", path, "", TOKEN).is(200);
            connection.exchange("GET", path, "", TOKEN + "x").isError(401, "unauthenticated");
            connection.exchange("POST", path, "x", TEXT).is(204);
        }
    }

    @Test
    void aRefusedNameHasNoRightsOnOpenConnections() throws Exception {
        try (TestConnection connection = connect(INGEST);
                EventReader events = events(INGEST)) {
            connection.exchange("POST", path, "x", TEXT).is(204);
            events.next();
            events.control();

            write("policy", String.join("\n", RULES) + "\nallow anonymous read events/**\nrefuse cert:CN=ingest");

            assertAuthorizationEnds(events);
            connection.exchange("POST", path, "x", TEXT).isError(403, "forbidden");
            connection.exchange("GET", path, "").isError(403, "forbidden");
            assertThat(status(null, "GET", path)).isEqualTo(200);
        }
    }

    @Test
    void oneRevokedCertificateIsRefusedAndAnotherOneOfTheSameNameIsNot() throws Exception {
        write("ca.pem", INGEST.certificatePem() + LATER.certificatePem());
        await().until(() -> isServed(LATER));
        String digest = HexFormat.of()
                .formatHex(MessageDigest.getInstance("SHA-256")
                        .digest(INGEST.certificate().getEncoded()));
        try (EventReader events = events(INGEST)) {
            write("policy", String.join("\n", RULES) + "\nrefuse cert:SHA256=" + digest);

            assertAuthorizationEnds(events);
        }
        assertThat(status(INGEST, "GET", path)).isEqualTo(401);
        assertThat(status(LATER, "GET", path)).isEqualTo(200);
    }

    private boolean isServed(Identity own) {
        try {
            return status(own, "HEAD", path) == 200;
        } catch (IOException e) {
            // The handshake is refused.
            return false;
        }
    }

    @Test
    void aRemovedIssuerEndsTheRightsOfItsCertificatesOnOpenConnections() throws Exception {
        assertThat(isServed(LATER)).isFalse();
        try (TestConnection connection = connect(INGEST);
                TestConnection stays = connect(OTHER);
                EventReader events = events(INGEST)) {
            connection.exchange("POST", path, "x", TEXT).is(204);
            stays.exchange("GET", ROOT + "shared/none", "").is(404);
            events.next();
            events.control();

            write("ca.pem", OTHER.certificatePem() + LATER.certificatePem());

            assertAuthorizationEnds(events);
            assertThat(connection
                            .exchange("POST", path, "x", TEXT)
                            .isError(401, "unauthenticated")
                            .text())
                    .contains("the issuer of the certificate is not accepted any more");
            connection.exchange("GET", path, "", TOKEN).is(200);
            stays.exchange("GET", ROOT + "shared/none", "").is(404);
            await().until(() -> isServed(LATER));
            assertThat(isServed(INGEST)).isFalse();
        }
    }
}
