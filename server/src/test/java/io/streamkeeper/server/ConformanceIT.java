package io.streamkeeper.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.server.tls.Identities;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The official conformance suite and the official TypeScript client against the packaged jar. System properties say
 * what is run: {@code conformance.java} (see {@link Jdks}), {@code conformance.transports} (a list) and
 * {@code conformance.runs} (how often each pair of the two; by default each JDK and each transport has a run, not each
 * pair). The runs take the durabilities in turn, and with them the usual root of streams and another; files are rewritten
 * all the time, so that many reads come from them. These runs are over HTTP/1.1 without TLS; HTTP/1.1 with TLS, and
 * HTTP/2 without and with TLS, have one further run each, on the first JDK and transport. Node's fetch has no HTTP/2:
 * there the suite runs through {@link Http2Proxy}.
 *
 * <p>It needs npm. Where npm is missing the run is skipped, and says so; where the environment has {@code CI=true} that
 * is a failure.
 */
class ConformanceIT {

    private static final int CORE_TESTS = 338;
    private static final String SUBSCRIPTIONS = "STREAMKEEPER_SUBSCRIPTIONS";
    private static final Duration LONG_POLL_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration SUITE_MAX = Duration.ofMinutes(5);

    private static final Duration PROXY_TEST_MAX = Duration.ofMinutes(1);

    private static final List<String> DURABILITIES = List.of("fsync", "os", "memory");

    private static ConformanceSuite suite;

    /** How the suite's requests arrive at the server. */
    enum Wire {
        HTTP1("HTTP/1.1", false, ""),
        HTTP1_TLS("HTTP/1.1 with TLS", true, ""),
        HTTP2("HTTP/2", false, "h2c"),
        HTTP2_TLS("HTTP/2 with TLS", true, "h2");

        private final String title;
        private final boolean tls;
        /** What the proxy's connection agrees on; empty without a proxy. */
        private final String http2;

        Wire(String title, boolean tls, String http2) {
            this.title = title;
            this.tls = tls;
            this.http2 = http2;
        }
    }

    /** One run of the whole suite. */
    record Run(Jdks.Jdk jdk, String transport, Wire wire, int number) {
        String durability() {
            return DURABILITIES.get(number % DURABILITIES.size());
        }

        String root() {
            return durability().equals("memory") ? "/another/root/" : "/v1/stream/";
        }

        @Override
        public String toString() {
            return "JDK " + jdk.name() + ", " + transport + ", " + wire.title + ", " + durability() + ", run " + number;
        }

        String fileName() {
            return toString().replaceAll("[^A-Za-z0-9.]+", "-");
        }
    }

    static Stream<Run> runs() {
        String everyTransport =
                System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("linux") ? "epoll,nio" : "nio";
        List<String> transports = List.of(
                System.getProperty("conformance.transports", everyTransport).split(",", -1));
        return Stream.concat(plainRuns(transports), furtherRuns(transports.get(0)));
    }

    private static Stream<Run> plainRuns(List<String> transports) {
        List<Jdks.Jdk> jdks = Jdks.chosen();
        int count = Integer.getInteger("conformance.runs", 0);
        if (count == 0) {
            return IntStream.range(0, Math.max(jdks.size(), transports.size()))
                    .mapToObj(number -> new Run(
                            jdks.get(number % jdks.size()),
                            transports.get(number % transports.size()),
                            Wire.HTTP1,
                            number));
        }
        return IntStream.range(0, count)
                .boxed()
                .flatMap(number -> jdks.stream()
                        .flatMap(jdk ->
                                transports.stream().map(transport -> new Run(jdk, transport, Wire.HTTP1, number))));
    }

    private static Stream<Run> furtherRuns(String transport) {
        Jdks.Jdk jdk = Jdks.chosen().get(0);
        return Stream.of(
                new Run(jdk, transport, Wire.HTTP1_TLS, 0),
                new Run(jdk, transport, Wire.HTTP2, 1),
                new Run(jdk, transport, Wire.HTTP2_TLS, 2));
    }

    @BeforeAll
    static void installTheSuite() throws IOException, InterruptedException {
        ConformanceSuite.requireNpm();
        suite = ConformanceSuite.install();
        Identities.of("conformance").write(ConformanceSuite.file(""));
    }

    @Test
    void theProxyPassesOnWhatTheServerAnswers() throws IOException, InterruptedException {
        ConformanceSuite.Ran ran = suite.node("h2-proxy", PROXY_TEST_MAX, List.of("--test", "h2-proxy.test.mjs"));
        assertThat(ran.exit()).as(ran::printed).isZero();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("runs")
    void suiteAndClientPass(Run run) throws IOException, InterruptedException {
        int proxyPort = run.wire().http2.isEmpty() ? 0 : freePort();
        List<String> flags = new ArrayList<>(List.of(
                "--transport",
                run.transport(),
                "--long-poll-timeout",
                LONG_POLL_TIMEOUT.toSeconds() + "s",
                "--durability",
                run.durability(),
                "--data-dir",
                Files.createTempDirectory(ConformanceSuite.file(""), "data").toString(),
                "--root",
                run.root(),
                "--checkpoint-bytes",
                "64KiB",
                "--checkpoint-interval",
                "200ms",
                "--segment-bytes",
                "256KiB",
                "--allow-local-webhooks"));
        if (proxyPort != 0) {
            flags.addAll(List.of("--public-url", "http://127.0.0.1:" + proxyPort + run.root()));
        }
        if (run.wire().tls) {
            flags.addAll(List.of(
                    "--tls-cert",
                    ConformanceSuite.file("cert.pem").toString(),
                    "--tls-key",
                    ConformanceSuite.file("key.pem").toString()));
        }

        try (PackagedServer server =
                PackagedServer.start(run.jdk().java(), ConformanceSuite.file(run.fileName() + "-server.log"), flags)) {
            ConformanceSuite.Ran ran =
                    run.wire().http2.isEmpty() ? direct(run, server.uri()) : throughProxy(run, server.uri(), proxyPort);

            Supplier<String> printed = () -> run + ": vitest printed\n" + ran.printed();
            assertThat(ran.report()).as(printed).exists();
            VitestReport vitest = VitestReport.read(ran.report());
            VitestReport.SpecFile core = vitest.file(ConformanceSuite.SPEC);
            VitestReport.SpecFile client = vitest.file("client.spec.ts");
            assertThat(core.testsOtherThan("passed")).as(printed).isEmpty();
            assertThat(core.testsThatAre("passed")).as(printed).hasSizeGreaterThanOrEqualTo(CORE_TESTS);
            assertThat(client.testsOtherThan("passed")).as(printed).isEmpty();
            assertThat(client.tests()).as(printed).isNotEmpty();
            assertThat(ran.exit()).as(printed).isZero();

            assertThat(server.stop())
                    .as("exit code after SIGTERM; it printed\n" + server.output())
                    .isZero();
            assertThat(server.readyLineCount()).isEqualTo(1);
            assertThat(server.output()).doesNotContain("LEAK:");
            System.out.println(run + ": " + core.testsThatAre("passed").size() + " of the suite and "
                    + client.tests().size() + " of the client passed");
        }
    }

    private static ConformanceSuite.Ran direct(Run run, URI streams) throws IOException, InterruptedException {
        assertThat(streams.getScheme()).isEqualTo(run.wire().tls ? "https" : "http");
        Map<String, String> environment =
                Map.of("NODE_EXTRA_CA_CERTS", ConformanceSuite.file("cert.pem").toString(), SUBSCRIPTIONS, "true");
        return suite.run(run.fileName(), streams, LONG_POLL_TIMEOUT, SUITE_MAX, environment, List.of());
    }

    /** The whole suite is one connection to the server: one more is one that the server has ended. */
    private static ConformanceSuite.Ran throughProxy(Run run, URI streams, int port)
            throws IOException, InterruptedException {
        try (Http2Proxy proxy = Http2Proxy.start(
                streams,
                port,
                ConformanceSuite.file("cert.pem"),
                ConformanceSuite.file(run.fileName() + "-proxy.log"))) {
            ConformanceSuite.Ran ran = suite.run(
                    run.fileName(),
                    proxy.uri(),
                    LONG_POLL_TIMEOUT,
                    SUITE_MAX,
                    Map.of(SUBSCRIPTIONS, "true"),
                    List.of());
            assertThat(proxy.connections())
                    .as(() -> run + ": the proxy printed\n" + proxy.output())
                    .containsExactly(run.wire().http2);
            return ran;
        }
    }

    /** A port for the proxy, whose address the server has to know before the proxy knows that of the server. */
    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
