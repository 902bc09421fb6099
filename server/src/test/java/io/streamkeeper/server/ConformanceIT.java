package io.streamkeeper.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The official conformance suite and the official TypeScript client against the packaged jar. System properties say
 * what is run: {@code conformance.java} (see {@link Jdks}), {@code conformance.transports} (a list) and
 * {@code conformance.runs} (how often each pair of the two). The runs take the durabilities in turn, and with them the
 * usual root of streams and another; files are rewritten all the time, so that many reads come from them.
 *
 * <p>It needs npm. Where npm is missing the run is skipped, and says so; where the environment has {@code CI=true} that
 * is a failure.
 */
class ConformanceIT {

    private static final int CORE_TESTS = 332;
    private static final Duration LONG_POLL_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration SUITE_MAX = Duration.ofMinutes(5);

    private static final List<String> DURABILITIES = List.of("fsync", "os", "memory");

    private static ConformanceSuite suite;

    /** One run of the whole suite. */
    record Run(Jdks.Jdk jdk, String transport, int number) {
        String durability() {
            return DURABILITIES.get(number % DURABILITIES.size());
        }

        String root() {
            return durability().equals("memory") ? "/another/root/" : "/v1/stream/";
        }

        @Override
        public String toString() {
            return "JDK " + jdk.name() + ", " + transport + ", " + durability() + ", run " + number;
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
        int count = Integer.getInteger("conformance.runs", 0);
        if (count == 0) {
            return IntStream.range(0, DURABILITIES.size())
                    .boxed()
                    .flatMap(number -> Jdks.chosen().stream()
                            .map(jdk -> new Run(jdk, transports.get(number % transports.size()), number)));
        }
        return IntStream.range(0, count)
                .boxed()
                .flatMap(number -> Jdks.chosen().stream()
                        .flatMap(jdk -> transports.stream().map(transport -> new Run(jdk, transport, number))));
    }

    @BeforeAll
    static void installTheSuite() throws IOException, InterruptedException {
        requireNpm();
        suite = ConformanceSuite.install();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("runs")
    void suiteAndClientPass(Run run) throws IOException, InterruptedException {
        List<String> flags = List.of(
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
                "256KiB");

        try (PackagedServer server =
                PackagedServer.start(run.jdk().java(), ConformanceSuite.file(run.fileName() + "-server.log"), flags)) {
            ConformanceSuite.Ran ran =
                    suite.run(run.fileName(), server.uri(), LONG_POLL_TIMEOUT, SUITE_MAX, Map.of(), List.of());

            Supplier<String> printed = () -> run + ": vitest printed\n" + ran.printed();
            assertThat(ran.report()).as(printed).exists();
            VitestReport vitest = VitestReport.read(ran.report());
            VitestReport.SpecFile core = vitest.file(ConformanceSuite.SPEC);
            VitestReport.SpecFile client = vitest.file("client.spec.ts");
            assertThat(core.testsOtherThan("passed", "skipped")).as(printed).isEmpty();
            assertThat(core.testsThatAre("passed")).as(printed).hasSizeGreaterThanOrEqualTo(CORE_TESTS);
            assertThat(core.testsThatAre("skipped"))
                    .as(printed)
                    .allMatch(name -> name.startsWith(ConformanceSuite.SUBSCRIPTIONS));
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

    private static void requireNpm() {
        if (!ConformanceSuite.npmIsMissing()) {
            return;
        }
        String message = "the conformance suite has NOT been run: " + ConformanceSuite.NPM_IS_MISSING;
        if ("true".equals(System.getenv("CI"))) {
            fail(message);
        }
        System.err.println("*".repeat(message.length()) + "\n" + message + "\n" + "*".repeat(message.length()));
        abort(message);
    }
}
