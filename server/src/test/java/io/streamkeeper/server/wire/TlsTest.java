package io.streamkeeper.server.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.streamkeeper.protocol.files.Identity;
import io.streamkeeper.server.config.ServerConfig;
import io.streamkeeper.server.config.TlsConfig;
import io.streamkeeper.server.config.TlsConfig.ClientCertificates;
import io.streamkeeper.server.config.Transport;
import io.streamkeeper.server.metrics.Metric;
import io.streamkeeper.server.tls.Identities;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Connections with TLS: the same requests as without, and what TLS adds. */
@Timeout(120)
class TlsTest {
    private static final String LONG = "0123456789abcdef".repeat(20_000);
    private static final int HANDSHAKE = 22;

    @TempDir
    private Path folder;

    private static List<Transport> transports() {
        return TestServer.transports().toList();
    }

    private static TestServer server() throws IOException {
        return TestServer.started(config(config -> {}));
    }

    private static ServerConfig config(Consumer<ServerConfig.Builder> change) {
        return TestServer.config(config -> change.accept(config.tls(TestServer::on)));
    }

    private static TestConnection connect(TestServer server, @Nullable Identity own, String... protocols)
            throws IOException {
        TestConnection connection = new TestConnection(
                server.server().address(), 0, Identities.client(own).getSocketFactory());
        if (protocols.length > 0) {
            ((SSLSocket) connection.socket()).setEnabledProtocols(protocols);
        }
        return connection;
    }

    // ---- requests ----

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void aStreamIsWrittenAndReadWithEachVersion(String version) throws Exception {
        try (TestServer server = server();
                TestConnection connection = connect(server, null, version)) {
            String path = TestServer.path();
            Answer created =
                    connection.exchange("PUT", path, LONG, TestServer.TEXT).is(201);
            assertThat(created.field("Location")).isEqualTo("https://test" + path);
            connection.exchange("POST", path, "more", TestServer.TEXT).is(204);
            assertThat(connection
                            .exchange("GET", path + "?offset=-1", "")
                            .is(200)
                            .text())
                    .isEqualTo(LONG + "more");
            assertThat(server.server().url()).startsWith("https://127.0.0.1:");
        }
    }

    @Test
    void anOldVersionIsNotNegotiated() throws Exception {
        try (TestServer server = server();
                TestConnection connection = connect(server, null)) {
            SSLSocket socket = (SSLSocket) connection.socket();
            socket.setEnabledProtocols(new String[] {"TLSv1.1", "TLSv1.2"});
            socket.startHandshake();
            assertThat(socket.getSession().getProtocol()).isEqualTo("TLSv1.2");
        }
    }

    @Test
    void theProtocolIsNegotiated() throws Exception {
        try (TestServer server = server();
                TestConnection connection = connect(server, null)) {
            SSLSocket socket = (SSLSocket) connection.socket();
            var parameters = socket.getSSLParameters();
            parameters.setApplicationProtocols(new String[] {"http/1.1"});
            socket.setSSLParameters(parameters);
            socket.startHandshake();
            assertThat(socket.getApplicationProtocol()).isEqualTo("http/1.1");
            connection.exchange("PUT", TestServer.path(), "", TestServer.TEXT).is(201);
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void connectionsMoveBetweenLoops(Transport transport) throws Exception {
        try (TestServer server =
                        TestServer.started(config(config -> config.listen(listen -> listen.transport(transport))));
                TestConnection connection = connect(server, null)) {
            String path = TestServer.path();
            connection.exchange("PUT", path, LONG.repeat(4), TestServer.TEXT).is(201);
            for (int turn = 0; turn < 3; turn++) {
                for (int i = 0; i < 3; i++) {
                    Answer read = connection.exchange("GET", path + "?offset=-1", "");
                    assertThat(read.is(200).text()).startsWith(LONG.repeat(4));
                }
                for (int i = 0; i < 20; i++) {
                    connection.exchange("POST", path, "x", TestServer.TEXT).is(204);
                }
            }
            await().until(() -> server.metric(Metric.CONNECTIONS_MOVED) >= 5);
        }
    }

    @Test
    void aClientThatDoesNotReadGetsAllWhenItReads() throws Exception {
        try (TestServer server = server();
                TestConnection connection = new TestConnection(
                        server.server().address(),
                        4_096,
                        Identities.client(null).getSocketFactory())) {
            String path = TestServer.path();
            String all = LONG.repeat(10);
            connection.exchange("PUT", path, all, TestServer.TEXT).is(201);
            for (int i = 0; i < 4; i++) {
                connection.request("GET", path + "?offset=-1", "");
            }
            await().until(() -> server.metric(Metric.BUDGET_USED_BYTES, "reads") > 0);
            for (int i = 0; i < 4; i++) {
                assertThat(connection.receive().is(200).text()).isEqualTo(all);
            }
            await().until(() -> server.metric(Metric.BUDGET_USED_BYTES, "reads") == 0);
        }
    }

    @Test
    void eventsArriveUntilTheClientEndsItsSide() throws Exception {
        try (TestServer server = server();
                TestConnection connection = connect(server, null, "TLSv1.3")) {
            String path = TestServer.path();
            connection.exchange("PUT", path, "first", TestServer.TEXT).is(201);
            connection.events(path + "?live=sse&offset=-1");
            server.append(path, "second");
            String events = "";
            while (!events.contains("second")) {
                events += connection.input().text(1);
            }
            assertThat(events).contains("first");
            connection.endSending();
            assertThat(connection.input().rest()).endsWith("0\r\n\r\n");
        }
    }

    // ---- connections that are not what the server expects ----

    @Test
    void aClientWithoutTlsGetsAnAnswerThatItCanRead() throws Exception {
        try (TestServer server = server();
                TestConnection connection = server.connectPlain()) {
            Answer answer = connection.exchange("GET", "/health", "").is(400);
            assertThat(answer.text()).contains("\"invalid_request\"", "this port expects TLS", "https://");
            connection.assertEnds();
        }
    }

    @Test
    void aHandshakeThatStopsEndsItsConnection() throws Exception {
        ServerConfig config = config(change -> change.http(http -> http.headerTimeoutMillis(300)));
        try (TestServer server = TestServer.started(config);
                TestConnection silent = server.connectPlain();
                TestConnection begun = server.connectPlain()) {
            begun.send(new byte[] {HANDSHAKE, 3, 1, 2});
            await().until(() -> server.metric(Metric.CONNECTIONS_OPENED) == 2);
            silent.assertEnds();
            begun.assertEnds();
            await().until(() -> server.metric(Metric.CONNECTIONS) == 0);
        }
    }

    @Test
    void connectionsWithoutAHandshakeCountTowardsTheLimit() throws Exception {
        ServerConfig config = config(change -> change.listen(listen -> listen.connectionsMax(2)));
        try (TestServer server = TestServer.started(config);
                TestConnection first = server.connectPlain();
                TestConnection second = server.connectPlain()) {
            await().until(() -> server.metric(Metric.CONNECTIONS) == 2);
            try (TestConnection third = server.connectPlain()) {
                third.assertEnds();
            }
            first.endSending();
            await().until(() -> server.metric(Metric.CONNECTIONS) == 1);
            server.put(TestServer.path(), "", TestServer.TEXT).is(201);
            second.send("\0");
        }
    }

    @Test
    void bytesThatAreNoRecordEndTheConnection() throws Exception {
        try (TestServer server = server();
                TestConnection connection = server.connectPlain()) {
            byte[] record = new byte[200];
            record[0] = HANDSHAKE;
            record[1] = 3;
            record[2] = 1;
            record[4] = (byte) (record.length - 5);
            connection.send(record);
            connection.input().rest();
            server.put(TestServer.path(), "", TestServer.TEXT).is(201);
        }
    }

    /** A client of TLS 1.2 may request handshake after handshake, each of which costs the server a signature. */
    @Test
    void aSecondHandshakeEndsTheConnection() throws Exception {
        try (TestServer server = server();
                TestConnection connection = connect(server, null, "TLSv1.2")) {
            connection.exchange("PUT", TestServer.path(), "", TestServer.TEXT).is(201);
            ((SSLSocket) connection.socket()).startHandshake();
            assertThatThrownBy(() -> connection.exchange("PUT", TestServer.path(), "", TestServer.TEXT))
                    .isInstanceOf(IOException.class);
        }
    }

    // ---- the end ----

    @Test
    void aStopEndsConnectionsWithTheMessageOfTls() throws Exception {
        TestServer server = server();
        try (TestConnection used = connect(server, null);
                TestConnection begun = server.connectPlain()) {
            used.exchange("PUT", TestServer.path(), "", TestServer.TEXT).is(201);
            await().until(() -> server.metric(Metric.CONNECTIONS) == 2);
            server.close();
            used.assertEnds();
            begun.assertEnds();
        }
    }

    // ---- client certificates ----

    private TestServer serverForClients(ClientCertificates rule) throws IOException {
        Files.writeString(folder.resolve("ca.pem"), Identities.of("client").certificatePem());
        Consumer<TlsConfig.Builder> change =
                tls -> tls.clientCaFile(folder.resolve("ca.pem").toString()).clientCertificates(rule);
        return TestServer.started(config(config -> config.tls(change)));
    }

    private static boolean isServed(TestServer server, @Nullable Identity own) throws IOException {
        try (TestConnection connection = connect(server, own)) {
            return connection
                            .exchange("PUT", TestServer.path(), "", TestServer.TEXT)
                            .status()
                    == 201;
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void aRequiredCertificateMustBeIssuedByTheNamedAuthority() throws Exception {
        try (TestServer server = serverForClients(ClientCertificates.REQUIRED)) {
            assertThat(isServed(server, Identities.of("client"))).isTrue();
            assertThat(isServed(server, Identities.of("stranger"))).isFalse();
            assertThat(isServed(server, null)).isFalse();
        }
    }

    @Test
    void anOptionalCertificateMayBeMissingButNotForeign() throws Exception {
        try (TestServer server = serverForClients(ClientCertificates.OPTIONAL)) {
            assertThat(isServed(server, Identities.of("client"))).isTrue();
            assertThat(isServed(server, null)).isTrue();
        }
    }

    // ---- changes of the certificate ----

    @Test
    void aNewCertificateIsUsedAndNoRequestIsLost() throws Exception {
        Identities.of("one").write(folder);
        ServerConfig config = TestServer.config(change ->
                change.tls(tls -> tls.certificateFile(folder.resolve("cert.pem").toString())
                        .keyFile(folder.resolve("key.pem").toString())));
        ExecutorService clients = Executors.newFixedThreadPool(2);
        AtomicBoolean ends = new AtomicBoolean();
        try (TestServer server = TestServer.started(config);
                TestConnection before = connect(server, null)) {
            InetSocketAddress address = server.server().address();
            String path = server.create(TestServer.TEXT, "");
            List<Future<Integer>> appends = new ArrayList<>();
            for (int client = 0; client < 2; client++) {
                appends.add(clients.submit((Callable<Integer>) () -> {
                    int count = 0;
                    while (!ends.get()) {
                        server.append(path, "x");
                        count++;
                    }
                    return count;
                }));
            }
            before.exchange("GET", path + "?offset=-1", "").is(200);
            assertThat(name(address)).isEqualTo("CN=one");
            Identities.of("two").write(folder);
            await().until(() -> name(address).equals("CN=two"));
            ends.set(true);
            int appended = appends.get(0).get() + appends.get(1).get();
            assertThat(before.exchange("GET", path + "?offset=-1", "").text()).hasSize(appended);
        } finally {
            ends.set(true);
            clients.shutdownNow();
        }
    }

    private static String name(InetSocketAddress address) throws IOException {
        try (SSLSocket socket = (SSLSocket)
                Identities.client(null).getSocketFactory().createSocket(address.getAddress(), address.getPort())) {
            socket.startHandshake();
            return ((X509Certificate) socket.getSession().getPeerCertificates()[0])
                    .getSubjectX500Principal()
                    .getName();
        } catch (SSLException e) {
            throw new AssertionError(e);
        }
    }
}
