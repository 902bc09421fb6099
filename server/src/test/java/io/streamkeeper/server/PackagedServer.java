package io.streamkeeper.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.streamkeeper.protocol.output.Traces;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.awaitility.core.ConditionTimeoutException;

/**
 * The packaged jar, run as a process of its own on a free port of the loopback interface. Belongs to the test that
 * started it, which closes it; what the process prints is in its log file.
 */
public final class PackagedServer implements AutoCloseable {

    private static final Pattern READY_LINE =
            Pattern.compile("^Streamkeeper \\S+ is ready on (https?://127\\.0\\.0\\.1:\\d+/\\S*)$", Pattern.MULTILINE);
    private static final Pattern ADMIN_LINE =
            Pattern.compile("^Administration is on (http://127\\.0\\.0\\.1:\\d+/)$", Pattern.MULTILINE);
    private static final Duration START_MAX = Duration.ofSeconds(90);
    private static final Duration STOP_MAX = Duration.ofSeconds(30);

    private final Process process;
    private final Path log;

    private PackagedServer(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /** The jar that the build has packaged. */
    public static Path jar() {
        return Path.of(System.getProperty("streamkeeper.jar"));
    }

    /** The launcher of the JVM that runs the tests. */
    public static Path runningJava() {
        return Path.of(System.getProperty("java.home"), "bin", "java");
    }

    /** Starts the jar with the given flags and returns when it has said that it is ready. */
    static PackagedServer start(Path java, Path log, List<String> flags) throws IOException {
        return start(java, List.of(), Map.of(), log, flags);
    }

    /** The same, with flags of the JVM and further variables of the environment. */
    public static PackagedServer start(
            Path java, List<String> javaFlags, Map<String, String> environment, Path log, List<String> flags)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.add(java.toString());
        command.add("-Dio.netty.leakDetection.level=paranoid");
        command.addAll(javaFlags);
        command.add("-jar");
        command.add(jar().toString());
        if (!flags.contains("--port")) {
            command.add("--port");
            command.add("0");
        }
        command.addAll(flags);
        if (flags.stream().noneMatch(flag -> flag.startsWith("--data-dir"))) {
            command.add("--data-dir");
            command.add(log.resolveSibling(log.getFileName() + "-data").toString());
        }
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        PackagedServer server = new PackagedServer(process, log);
        try {
            server.awaitReady();
        } catch (ConditionTimeoutException notReady) {
            String stacks = server.outputWithStacks();
            process.destroyForcibly();
            throw new AssertionError("the server is not ready " + START_MAX + " after its start:\n" + stacks, notReady);
        } catch (RuntimeException | Error notReady) {
            process.destroyForcibly();
            throw notReady;
        }
        return server;
    }

    /** Where its streams are. */
    public URI uri() {
        return URI.create(readyLines().get(0).group(1));
    }

    /** Where its administration is, which it prints after it is ready. */
    public URI adminUri() {
        String address = await().atMost(START_MAX)
                .until(
                        () -> ADMIN_LINE
                                .matcher(output())
                                .results()
                                .map(line -> line.group(1))
                                .findFirst(),
                        Optional::isPresent)
                .orElseThrow();
        return URI.create(address);
    }

    /** The number of its process. */
    long pid() {
        return process.pid();
    }

    /** Everything that it has printed so far. */
    public String output() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** How often it has said that it is ready. */
    int readyLineCount() {
        return readyLines().size();
    }

    /** Asks it to end, as a service manager does, and returns its exit code. */
    public int stop() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(STOP_MAX.toSeconds(), TimeUnit.SECONDS)) {
            throw new AssertionError("the server has not ended " + STOP_MAX + " after SIGTERM:\n" + output());
        }
        return process.exitValue();
    }

    /** Ends it at once, as the kernel does when memory is short, and returns when it has ended. */
    public void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor();
    }

    /** Sends it a signal by its name, such as {@code STOP}. */
    public void signal(String name) throws IOException, InterruptedException {
        Process sending = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start();
        if (sending.waitFor() != 0) {
            throw new IOException("kill -" + name + " ended with " + sending.exitValue());
        }
    }

    /** Ends it; fails where it has printed a stack trace or a leak report, unless it was asked to print that much. */
    @Override
    public void close() {
        process.destroyForcibly();
        String said = output();
        if (!said.contains(" DEBUG ")) {
            assertThat(Traces.in(said)).as("the server printed:\n%s", said).isEmpty();
        }
    }

    /** What it has printed, and the stacks of its threads. */
    private String outputWithStacks() throws IOException {
        try {
            signal("QUIT");
            TimeUnit.SECONDS.sleep(2);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return output();
    }

    private void awaitReady() {
        await().atMost(START_MAX)
                .pollInterval(Duration.ofMillis(20))
                .failFast(() -> assertThat(process.isAlive())
                        .as(() -> "the server runs until it is ready; it printed:\n" + output())
                        .isTrue())
                .until(() -> readyLineCount() > 0);
    }

    private List<MatchResult> readyLines() {
        return READY_LINE.matcher(output()).results().toList();
    }
}
