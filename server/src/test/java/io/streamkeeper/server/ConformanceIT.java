package io.streamkeeper.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The official conformance suite and the official TypeScript client against the packaged jar. System properties say
 * what is run: {@code conformance.java} (see {@link Jdks}), {@code conformance.transports} (a list) and
 * {@code conformance.runs} (how often each pair of the two). The runs take the durabilities in turn; files are written
 * anew all the time, so that much of what is read comes from them.
 *
 * <p>It needs npm. Where npm is missing the run is skipped, and says so; where the environment has {@code CI=true} that
 * is a failure.
 */
class ConformanceIT {

    private static final int CORE_TESTS = 332;
    private static final String NOT_CORE = "Reserved subscription APIs ";
    private static final Duration LONG_POLL_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration INSTALL_MAX = Duration.ofMinutes(5);
    private static final Duration SUITE_MAX = Duration.ofMinutes(5);

    private static final List<String> DURABILITIES = List.of("fsync", "os", "memory");

    private static final Path SPECS = Path.of(System.getProperty("conformance.specs"));
    private static final Path WORK = Path.of(System.getProperty("conformance.work"));

    /** One run of the whole suite. */
    record Run(Jdks.Jdk jdk, String transport, int number) {
        String durability() {
            return DURABILITIES.get(number % DURABILITIES.size());
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
        Files.createDirectories(WORK);
        try (var files = Files.newDirectoryStream(SPECS, file -> Files.isRegularFile(file))) {
            for (Path file : files) {
                Files.copy(file, WORK.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        Path log = WORK.resolve("npm.log");
        int exit = run(INSTALL_MAX, log, Map.of(), "npm", "ci", "--prefer-offline");
        assertThat(exit).as(() -> "npm ci:\n" + read(log)).isZero();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("runs")
    void suiteAndClientPass(Run run) throws IOException, InterruptedException {
        Path report = WORK.resolve(run.fileName() + ".json");
        Path log = WORK.resolve(run.fileName() + ".log");
        Files.deleteIfExists(report);
        List<String> flags = List.of(
                "--transport",
                run.transport(),
                "--long-poll-timeout",
                LONG_POLL_TIMEOUT.toSeconds() + "s",
                "--durability",
                run.durability(),
                "--data-dir",
                Files.createTempDirectory(WORK, "data").toString(),
                "--checkpoint-bytes",
                "64KiB",
                "--checkpoint-interval",
                "200ms",
                "--segment-bytes",
                "256KiB");

        try (PackagedServer server =
                PackagedServer.start(run.jdk().java(), WORK.resolve(run.fileName() + "-server.log"), flags)) {
            int exit = run(
                    SUITE_MAX,
                    log,
                    Map.of(
                            "STREAMKEEPER_URL",
                            server.uri().toString(),
                            "STREAMKEEPER_LONG_POLL_TIMEOUT_MS",
                            Long.toString(LONG_POLL_TIMEOUT.toMillis()),
                            "NO_COLOR",
                            "1"),
                    "node",
                    "node_modules/vitest/vitest.mjs",
                    "run",
                    "--reporter=default",
                    "--reporter=json",
                    "--outputFile=" + report.getFileName());

            Supplier<String> printed = () -> run + ": vitest printed\n" + read(log);
            assertThat(report).as(printed).exists();
            VitestReport vitest = VitestReport.read(report);
            VitestReport.SpecFile suite = vitest.file("conformance.spec.ts");
            VitestReport.SpecFile client = vitest.file("client.spec.ts");
            assertThat(suite.testsOtherThan("passed", "skipped")).as(printed).isEmpty();
            assertThat(suite.testsThatAre("passed")).as(printed).hasSizeGreaterThanOrEqualTo(CORE_TESTS);
            assertThat(suite.testsThatAre("skipped")).as(printed).allMatch(name -> name.startsWith(NOT_CORE));
            assertThat(client.testsOtherThan("passed")).as(printed).isEmpty();
            assertThat(client.tests()).as(printed).isNotEmpty();
            assertThat(exit).as(printed).isZero();

            assertThat(server.stop())
                    .as("exit code after SIGTERM; it printed\n" + server.output())
                    .isZero();
            assertThat(server.readyLineCount()).isEqualTo(1);
            assertThat(server.output()).doesNotContain("LEAK:");
            System.out.println(run + ": " + suite.testsThatAre("passed").size() + " of the suite and "
                    + client.tests().size() + " of the client passed");
        }
    }

    private static void requireNpm() {
        boolean found = Stream.of(System.getenv().getOrDefault("PATH", "").split(System.getProperty("path.separator")))
                .anyMatch(
                        directory -> Files.isExecutable(FileSystems.getDefault().getPath(directory, "npm")));
        if (found) {
            return;
        }
        String message = "the conformance suite has NOT been run: npm is not on the PATH (install Node.js 20 or newer)";
        if ("true".equals(System.getenv("CI"))) {
            fail(message);
        }
        System.err.println("*".repeat(message.length()) + "\n" + message + "\n" + "*".repeat(message.length()));
        abort(message);
    }

    /** Runs a command in the work directory, with its output in a log file, and returns its exit code. */
    private static int run(Duration max, Path log, Map<String, String> environment, String... command)
            throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(WORK.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        try {
            if (!process.waitFor(max.toSeconds(), TimeUnit.SECONDS)) {
                throw new AssertionError(
                        String.join(" ", command) + " has not ended within " + max + ":\n" + read(log));
            }
            return process.exitValue();
        } finally {
            List<ProcessHandle> left = new ArrayList<>(process.descendants().toList());
            left.add(process.toHandle());
            left.forEach(ProcessHandle::destroyForcibly);
        }
    }

    private static String read(Path log) {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            return log + " cannot be read: " + e;
        }
    }
}
