package io.streamkeeper.tier;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** The packaged server with the jar of the tier: a process that is started, stopped and killed, and its tools. */
final class TieredServer {
    static final String LOCATION = "s3://" + S3Server.BUCKET + "/prefix";
    private static final int LOG_LINES = 1_000;
    private static final Duration WAIT_MAX = Duration.ofMinutes(1);

    private final Path data;
    private final Path log;
    private final URI endpoint;
    private final HttpClient http = HttpClient.newHttpClient();
    private Process process;
    private volatile int port;
    private volatile int adminPort;

    /**
     * A server that does not run yet.
     *
     * @param endpoint of its object store
     */
    TieredServer(Path data, Path log, URI endpoint) {
        this.data = data;
        this.log = log;
        this.endpoint = endpoint;
    }

    private ProcessBuilder command(List<String> words) {
        List<String> command = new ArrayList<>(List.of(
                "java",
                "-Xmx128m",
                "-cp",
                System.getProperty("streamkeeper.jar")
                        + File.pathSeparator
                        + System.getProperty("streamkeeper.tier.jar"),
                "io.streamkeeper.server.cli.Main"));
        command.addAll(words);
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(S3Server.credentials());
        return builder;
    }

    /** Starts it, and waits until it is ready. */
    void start(List<String> flags, Map<String, String> environment) throws IOException {
        launch(flags, environment);
        awaitReady();
    }

    /** Starts it. */
    void launch(List<String> flags, Map<String, String> environment) throws IOException {
        port = S3Server.freePort();
        adminPort = S3Server.freePort();
        List<String> words = new ArrayList<>(List.of("--port", String.valueOf(port), "--admin-listen"));
        words.addAll(List.of("127.0.0.1:" + adminPort, "--data-dir", data.toString()));
        words.addAll(List.of("--tier", LOCATION, "--tier-endpoint", endpoint.toString()));
        words.addAll(flags);
        ProcessBuilder builder = command(words);
        builder.environment().putAll(environment);
        process = builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
    }

    /** Waits until it is ready, which takes a majority if it is a member of a cluster. */
    void awaitReady() {
        Awaitility.await().atMost(WAIT_MAX).until(() -> isReady() || !process.isAlive());
        assertThat(process.isAlive()).as("the server, see %s", log).isTrue();
    }

    private boolean isReady() {
        try {
            return send("GET", "/health", new byte[0]).statusCode() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    void kill() throws InterruptedException {
        if (process != null) {
            process.destroyForcibly().waitFor();
        }
    }

    void stop() throws InterruptedException {
        process.destroy();
        assertThat(process.waitFor(WAIT_MAX.toSeconds(), TimeUnit.SECONDS))
                .as("the server ends, see %s", log)
                .isTrue();
        assertThat(process.exitValue()).as("exit status, see %s", log).isZero();
    }

    /** The end of its log, with the stacks of its threads if it runs. */
    String lastWords() throws IOException, InterruptedException {
        if (process != null && process.isAlive()) {
            new ProcessBuilder("kill", "-QUIT", String.valueOf(process.pid()))
                    .start()
                    .waitFor();
            TimeUnit.SECONDS.sleep(1);
        }
        List<String> lines = Files.exists(log) ? Files.readAllLines(log) : List.of();
        return String.join("\n", lines.subList(Math.max(0, lines.size() - LOG_LINES), lines.size()));
    }

    /** Runs a tool on its data directory, which must succeed; returns its output. */
    String tool(Path directory, String... words) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(List.of(words));
        all.addAll(List.of("--data-dir", directory.toString(), "--tier-endpoint", endpoint.toString()));
        Process tool = command(all).start();
        String output = new String(tool.getInputStream().readAllBytes(), UTF_8);
        assertThat(tool.waitFor()).as(output).isZero();
        return output;
    }

    HttpResponse<byte[]> send(String method, String path, byte[] body, String... fields) throws IOException {
        return send(port, method, path, body, fields);
    }

    /** The value of a metric without labels. */
    double metric(String name) throws IOException {
        String all = new String(send(adminPort, "GET", "/metrics", new byte[0]).body(), UTF_8);
        return all.lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
                .findFirst()
                .orElseThrow();
    }

    private HttpResponse<byte[]> send(int to, String method, String path, byte[] body, String... fields)
            throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + to + path))
                .timeout(WAIT_MAX)
                .header("Content-Type", "application/octet-stream")
                .method(method, HttpRequest.BodyPublishers.ofByteArray(body));
        if (fields.length > 0) {
            request.headers(fields);
        }
        try {
            return http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }
}
