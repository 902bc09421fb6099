package io.streamkeeper.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The official suite and the specs of {@code src/conformance}, installed in a folder of the build. Each run is a
 * process, which does not outlive the call.
 */
final class ConformanceSuite {
    /** The spec that is the official suite. */
    static final String SPEC = "conformance.spec.ts";

    /** What the names of those tests begin with that are run for servers with the reserved subscription APIs only. */
    static final String SUBSCRIPTIONS = "Reserved subscription APIs ";

    static final String NPM_IS_MISSING = "npm is not on the PATH (install Node.js 20 or newer)";

    private static final Path SPECS = Path.of(System.getProperty("conformance.specs"));
    private static final Path WORK = Path.of(System.getProperty("conformance.work"));
    private static final Duration INSTALL_MAX = Duration.ofMinutes(5);
    private static final Duration PROBE_MAX = Duration.ofMinutes(1);

    private ConformanceSuite() {}

    /**
     * What a run has left.
     *
     * @param exit the status that vitest ended with
     * @param report what its JSON reporter has written; it may not be there
     * @param log the file of what it printed
     */
    record Ran(int exit, Path report, Path log) {

        /** What vitest printed. */
        String printed() {
            return read(log);
        }
    }

    static boolean npmIsMissing() {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(System.getProperty("path.separator")))
                .noneMatch(
                        directory -> Files.isExecutable(FileSystems.getDefault().getPath(directory, "npm")));
    }

    /** Skips the test without npm, and says so; where the environment has {@code CI=true}, that is a failure. */
    static void requireNpm() {
        if (!npmIsMissing()) {
            return;
        }
        String message = "the conformance suite has NOT been run: " + NPM_IS_MISSING;
        if ("true".equals(System.getenv("CI"))) {
            fail(message);
        }
        System.err.println("*".repeat(message.length()) + "\n" + message + "\n" + "*".repeat(message.length()));
        abort(message);
    }

    static ConformanceSuite install() throws IOException, InterruptedException {
        Files.createDirectories(WORK);
        try (var files = Files.newDirectoryStream(SPECS, file -> Files.isRegularFile(file))) {
            for (Path file : files) {
                Files.copy(file, WORK.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        Path log = file("npm.log");
        int exit = run(INSTALL_MAX, log, Map.of(), List.of("npm", "ci", "--prefer-offline"));
        assertThat(exit).as(() -> "npm ci:\n" + read(log)).isZero();
        return new ConformanceSuite();
    }

    /** A file in the folder of the runs. */
    static Path file(String name) {
        return WORK.resolve(name);
    }

    /** Why no stream can be created below {@code streams}, in one line; nothing if one can be. */
    String problem(URI streams) throws IOException, InterruptedException {
        Path log = file("probe.log");
        run(PROBE_MAX, log, Map.of("STREAMKEEPER_URL", streams.toString()), List.of("node", "probe.mjs"));
        return read(log).strip();
    }

    /**
     * Runs specs against a server.
     *
     * @param name what the files of this run are called
     * @param streams the URL that streams are below, with a slash at its end
     * @param longPollTimeout after how long the server answers a long-poll that nothing came for
     * @param max for the whole run; longer is a failure
     * @param environment what {@code server.ts} reads beside these
     * @param arguments vitest's
     */
    Ran run(
            String name,
            URI streams,
            Duration longPollTimeout,
            Duration max,
            Map<String, String> environment,
            List<String> arguments)
            throws IOException, InterruptedException {
        Path report = file(name + ".json");
        Path log = file(name + ".log");
        Files.deleteIfExists(report);
        Map<String, String> variables = new HashMap<>(environment);
        variables.put("STREAMKEEPER_URL", streams.toString());
        variables.put("STREAMKEEPER_LONG_POLL_TIMEOUT_MS", Long.toString(longPollTimeout.toMillis()));
        variables.put("NO_COLOR", "1");
        List<String> command = new ArrayList<>(List.of(
                "node",
                "node_modules/vitest/vitest.mjs",
                "run",
                "--reporter=default",
                "--reporter=json",
                "--outputFile=" + report.getFileName()));
        command.addAll(arguments);
        return new Ran(run(max, log, variables, command), report, log);
    }

    /** Runs node in the work folder, without a report. */
    Ran node(String name, Duration max, List<String> arguments) throws IOException, InterruptedException {
        Path log = file(name + ".log");
        List<String> command = new ArrayList<>(List.of("node"));
        command.addAll(arguments);
        return new Ran(run(max, log, Map.of(), command), file(name + ".json"), log);
    }

    /** Runs a command in the work folder, with its output in a log file, and returns its exit code. */
    private static int run(Duration max, Path log, Map<String, String> environment, List<String> command)
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

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
