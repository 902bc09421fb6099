package io.streamkeeper.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamkeeper.bench.TestRun;
import io.streamkeeper.bench.TestServer;
import io.streamkeeper.protocol.files.Identity;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The load generator over each transport, with a server in this process. */
final class TransportTest {
    private static final int CONNECTIONS = 3;
    private static final int STREAMS = 300;
    private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(60);

    @TempDir
    private static Path folder;

    @BeforeAll
    static void makeCertificate() throws Exception {
        Identity.make("CN=other.example", "EC", "").write(folder);
    }

    @ParameterizedTest(name = "TLS {0}, HTTP/2 {1}, {2} streams")
    @CsvSource({"false,false,1", "true,false,1", "false,true,1", "false,true,8", "true,true,1", "true,true,8"})
    void everyRequestIsAnsweredOnAsManyConnectionsAsWereAsked(boolean isTls, boolean isHttp2, int streams)
            throws Exception {
        Transport transport = new Transport(isTls, isHttp2, streams);
        try (TestServer server = start(isTls);
                LoadClient client = new LoadClient(CONNECTIONS, transport)) {
            Set<Integer> exchanges = new ConcurrentSkipListSet<>();
            NumberedRange creates = new NumberedRange(NumberedRequest.create("t/", 10), 0, STREAMS);
            Measurement created = run(
                    client,
                    server,
                    (connection, out) -> {
                        exchanges.add(connection);
                        return creates.next(connection, out);
                    },
                    Pacing.closedLoop());
            assertThat(created.byStatus()).isEqualTo(Map.of(201, (long) STREAMS));
            assertThat(exchanges).hasSize(CONNECTIONS * streams);
            assertThat(server.connectionsOpened()).isEqualTo(CONNECTIONS);

            ExactReads reads = new ExactReads(
                    NumberedRequest.read("t/"), LongStream.range(0, STREAMS).toArray(), 10);
            Measurement read = run(client, server, reads, new Pacing(3_000));
            assertThat(read.byStatus()).isEqualTo(Map.of(200, (long) STREAMS));
            assertThat(read.receivedBytes()).isEqualTo(10 * STREAMS);
            assertThat(reads.wrong()).isZero();
            assertThat(server.connectionsOpened()).isEqualTo(2 * CONNECTIONS);
        }
    }

    @ParameterizedTest(name = "TLS {0}, HTTP/2 {1}, {2} streams")
    @CsvSource({"true,false,1", "false,true,8", "true,true,8"})
    void errorsAreCounted(boolean isTls, boolean isHttp2, int streams) throws Exception {
        try (TestServer server = start(isTls);
                LoadClient client = new LoadClient(CONNECTIONS, new Transport(isTls, isHttp2, streams))) {
            run(client, server, new NumberedRange(NumberedRequest.create("t/", 1), 0, 40), Pacing.closedLoop());
            Measurement read =
                    run(client, server, new NumberedRange(NumberedRequest.read("t/"), 0, 100), Pacing.closedLoop());
            assertThat(read.byStatus()).isEqualTo(Map.of(200, 40L, 404, 60L));
            assertThat(read.failures()).isEqualTo(60);
        }
    }

    @ParameterizedTest(name = "TLS {0}, HTTP/2 {1}, {2} streams")
    @CsvSource({"true,false,1", "false,true,4", "true,true,4"})
    void requestBodiesMayBeLongerThanTheWindowOfTheServer(boolean isTls, boolean isHttp2, int streams)
            throws Exception {
        int bytes = 3 << 20;
        try (TestServer server = start(isTls);
                LoadClient client = new LoadClient(2, new Transport(isTls, isHttp2, streams))) {
            Measurement created = run(
                    client, server, new NumberedRange(NumberedRequest.create("t/", bytes), 0, 16), Pacing.closedLoop());
            assertThat(created.byStatus()).isEqualTo(Map.of(201, 16L));
            Measurement read =
                    run(client, server, new NumberedRange(NumberedRequest.read("t/"), 0, 16), Pacing.closedLoop());
            assertThat(read.byStatus()).isEqualTo(Map.of(200, 16L));
            assertThat(read.receivedBytes()).isPositive();
        }
    }

    @Test
    void moreStreamsThanTheServerAllowsFailTheRun() throws Exception {
        try (TestServer server = start(false);
                LoadClient client = new LoadClient(1, new Transport(false, true, 1_000))) {
            assertThatThrownBy(() -> run(client, server, (connection, out) -> false, Pacing.closedLoop()))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("expected at least 1000");
        }
    }

    @Test
    void serverWithoutTheTransportFailsTheRun() throws Exception {
        try (ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread closing = new Thread(() -> {
                try {
                    while (true) {
                        listener.accept().close();
                    }
                } catch (IOException e) {
                    // The listener is closed.
                }
            });
            closing.setDaemon(true);
            closing.start();
            assertFails(listener, new Transport(true, false, 1), "the handshake of TLS failed");
            assertFails(listener, new Transport(false, true, 1), "");
        }
    }

    private static void assertFails(ServerSocket listener, Transport transport, String message) {
        try (LoadClient client = new LoadClient(1, transport)) {
            assertThatThrownBy(() -> client.run(
                            listener.getLocalSocketAddress(),
                            (connection, out) -> false,
                            Pacing.closedLoop(),
                            Measurement.whole(),
                            LIMIT_NANOS))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(message);
        }
    }

    @ParameterizedTest
    @CsvSource({"append", "read-hot", "catch-up", "churn"})
    void commandUsesTheTransport(String workload) throws Exception {
        try (TestServer server = start(true)) {
            TestRun run = TestRun.of(
                    workload,
                    "--url",
                    server.url(),
                    "--http2",
                    "--connections",
                    "2",
                    "--streams-per-connection",
                    "4",
                    "--streams",
                    "3",
                    "--bytes",
                    "1000",
                    "--warm-up",
                    "0",
                    "--seconds",
                    "1");
            assertThat(run.status()).as(run.output()).isZero();
            assertThat(run.output()).contains("by HTTP/2 over TLS, 4 streams per connection");
        }
    }

    @Test
    void comparisonGivesEachTransportTheSameNumberOfRequestsAtOnce() throws Exception {
        try (TestServer server = start(false)) {
            TestRun run = TestRun.of(
                    "compare",
                    "--peer",
                    "h1=" + server.url(),
                    "--peer",
                    "h2=" + server.url() + ",http2=64",
                    "--row",
                    "read-hot",
                    "--rounds",
                    "1",
                    "--seconds",
                    "1",
                    "--warm-up",
                    "1",
                    "--dir",
                    folder.toString());
            assertThat(run.status()).as(run.output()).isZero();
            assertThat(run.output()).contains("h2").doesNotContain("failed");
            // For each: one connection that creates the stream, and those of the warm-up and of the round.
            assertThat(server.connectionsOpened()).isEqualTo((1 + 64 + 64) + (1 + 1 + 1));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sse", "sse-many", "long-poll", "mixed", "webhooks"})
    void liveWorkloadUsesTls(String workload) throws Exception {
        try (TestServer server = start(true)) {
            TestRun run = TestRun.of(
                    workload,
                    "--url",
                    server.url(),
                    "--connections",
                    "2",
                    "--streams",
                    "2",
                    "--warm-up",
                    "0",
                    "--rate",
                    "50",
                    "--seconds",
                    "1");
            assertThat(run.status()).as(run.output()).isZero();
            assertThat(run.output()).contains("by HTTP/1.1 over TLS");
        }
    }

    @Test
    void liveReadThatCannotConnectFails() throws Exception {
        try (TestServer server = start(false)) {
            TestRun run = TestRun.of("sse", "--url", server.url().replace("http:", "https:"), "--seconds", "1");
            assertThat(run.status()).as(run.output()).isEqualTo(1);
            assertThat(run.output()).contains("the handshake of TLS failed");
        }
    }

    @Test
    void liveReadsRefuseHttp2() throws Exception {
        try (TestServer server = start(false)) {
            TestRun run = TestRun.of("sse", "--url", server.url(), "--http2");
            assertThat(run.status()).isEqualTo(1);
            assertThat(run.output()).contains("does not support HTTP/2; expected HTTP/1.1");
        }
    }

    @Test
    void streamsPerConnectionNeedHttp2() {
        TestRun run = TestRun.of("append", "--streams-per-connection", "2");
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.output()).contains("--streams-per-connection is 2 without --http2");
    }

    private static TestServer start(boolean isTls) throws IOException {
        return isTls ? TestServer.start(folder) : TestServer.start();
    }

    private static Measurement run(LoadClient client, TestServer server, Workload workload, Pacing pacing)
            throws IOException, InterruptedException {
        return client.run(server.target().address(), workload, pacing, Measurement.whole(), LIMIT_NANOS);
    }
}
