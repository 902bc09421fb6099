package io.streamkeeper.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.streamkeeper.client.api.CreateOptions;
import io.streamkeeper.protocol.output.Traces;
import io.streamkeeper.storage.disk.ProcessUser;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged jar as a user runs it: a process with flags, an environment and signals. */
class PackagedJarIT {
    private static final long SECONDS_MAX = 30;

    @TempDir
    private Path folder;

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @Test
    void itCreatesAppendsAndReads() throws Exception {
        try (PackagedServer server = start()) {
            URI stream = server.uri().resolve("a/b");
            assertThat(send("PUT", stream, "hello").statusCode()).isEqualTo(201);
            assertThat(send("POST", stream, " world").statusCode()).isEqualTo(204);
            assertThat(send("GET", stream, "").body()).isEqualTo("hello world");
            assertThat(send("GET", server.uri().resolve("/health"), "").body()).isEqualTo("{\"status\":\"ok\"}");
        }
    }

    @Test
    void whatItPrintsAtTheStartAndTheStop() throws Exception {
        try (PackagedServer server = start()) {
            await().untilAsserted(() -> assertThat(server.output().strip().lines())
                    .satisfiesExactly(
                            ready -> assertThat(ready).contains("is ready on " + server.uri()),
                            line -> assertThat(line).isEqualTo("Administration is on " + server.adminUri()),
                            line -> assertThat(line).startsWith("Access: every program of this machine"),
                            line -> assertThat(line)
                                    .matches(
                                            "Data: /.*, store [0-9a-f-]{36}, durability fsync, \\d+ shards?; 0 streams,"
                                                    + " read in \\d+\\.\\d\\d s"),
                            line -> assertThat(line).startsWith("Process: "),
                            line -> assertThat(line).startsWith("Memory: "),
                            line -> assertThat(line)
                                    .isEqualTo("Console: " + server.uri().resolve("/console/")),
                            line -> assertThat(line)
                                    .isEqualTo("Try: curl -i -X PUT -H 'Content-Type: text/plain' -d hello "
                                            + server.uri() + "hello")));
            server.stop();
            assertThat(server.output())
                    .containsPattern("Streamkeeper stops on a signal, after \\d+\\.\\d s")
                    .containsPattern("Streamkeeper has stopped, in \\d+\\.\\d s");
        }
    }

    @Test
    void theLogHasLinesWithTimeLevelAndName() throws Exception {
        try (PackagedServer server = start("--log-level", "debug,io.netty=debug")) {
            assertThat(server.output().lines())
                    .anyMatch(line -> line.matches("\\d{4}-\\d\\d-\\d\\dT[0-9:.]+\\S+ DEBUG \\S+ - .+"));
        }
    }

    @Test
    void onTerminationWaitingReadersAreAnsweredAndTheStatusIsZero() throws Exception {
        try (PackagedServer server = start("--long-poll-timeout", "1h", "--long-poll-timeout-max", "1h")) {
            URI stream = server.uri().resolve("s");
            send("PUT", stream, "x");
            HttpResponse<Stream<String>> events =
                    client.send(get(stream + "?offset=-1&live=sse"), BodyHandlers.ofLines());
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), stream.getPort())) {
                socket.setSoTimeout((int) TimeUnit.SECONDS.toMillis(SECONDS_MAX));
                String poll = request("/health") + request(stream.getPath() + "?offset=now&live=long-poll");
                socket.getOutputStream().write(poll.getBytes(StandardCharsets.US_ASCII));
                BufferedReader answers =
                        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
                assertThat(answers.readLine()).isEqualTo("HTTP/1.1 200 OK");
                assertThat(server.stop()).isZero();
                assertThat(answers.lines()).anyMatch(line -> line.endsWith("HTTP/1.1 204 No Content"));
            }
            assertThat(events.body().toList()).contains("data:x").anyMatch(line -> line.contains("upToDate"));
        }
    }

    /** Two of these in one write are read together, so an answer to the first says that the second has come. */
    private static String request(String target) {
        return "GET " + target + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
    }

    @Test
    void aPortInUseIsOneLineAndStatusOne() throws Exception {
        try (PackagedServer server = start()) {
            Run second = run(Map.of(), "--port=" + server.uri().getPort(), "--data-dir=" + folder.resolve("second"));
            assertThat(second.status()).isEqualTo(1);
            assertThat(second.output().strip().lines()).hasSize(1);
            assertThat(second.output())
                    .contains("cannot listen on 127.0.0.1 port " + server.uri().getPort());
        }
    }

    /**
     * The first thing that a user of an image meets: the process has a user of its own, and the mounted directory is
     * root's.
     */
    @Test
    void aDirectoryOfAnotherUserIsOneLineWithReasonUserOwnerModeAndRemedy() throws Exception {
        Path data = Files.createDirectory(folder.resolve("mounted"));
        Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("r-xr-xr-x"));
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        List<String> asOther = ProcessUser.current().id() == 0
                ? List.of("setpriv", "--reuid=10001", "--regid=10001", "--clear-groups")
                : List.of();
        int user = asOther.isEmpty() ? ProcessUser.current().id() : 10_001;
        for (List<String> command : List.of(
                List.of("--port=0", "--data-dir=" + data),
                List.of("restore", "--from=" + folder.resolve("none"), "--data-dir=" + data))) {
            Run run = run(asOther, Map.of(), command.toArray(String[]::new));
            assertThat(run.status()).as(run.output()).isEqualTo(1);
            assertThat(run.output().strip().lines()).hasSize(1);
            assertThat(run.output())
                    .contains("permission denied to create it in " + data + ", which is owned by ")
                    .contains("with mode dr-xr-xr-x", "(uid " + user + ")", "chown -R " + user + " " + data);
        }
    }

    @Test
    void aBadFlagIsOneLineAndStatusTwo() throws Exception {
        Run bad = run(Map.of(), "--max-body", "plenty");
        assertThat(bad.status()).isEqualTo(2);
        assertThat(bad.output().strip().lines()).hasSize(1);
        assertThat(bad.output()).contains("--max-body", "'plenty' is not a size");
    }

    @Test
    void theEnvironmentConfiguresTheProcess() throws Exception {
        Run bad = run(Map.of("DS_SHARDS", "many"));
        assertThat(bad.status()).isEqualTo(2);
        assertThat(bad.output()).contains("--shards", "many");
    }

    @Test
    void helpAndVersionArePrintedOnRequest() throws Exception {
        assertThat(run(Map.of(), "--help").output()).contains("--long-poll-timeout", "Default: 20s");
        assertThat(run(Map.of(), "--version").output()).contains("Streamkeeper 0", "Java ", "Netty 4.2");
    }

    @Test
    void whatWasSentWhileTheProcessStoodStillIsAnswered() throws Exception {
        try (PackagedServer server = start("--idle-timeout", "1s")) {
            URI stream = server.uri().resolve("s");
            send("PUT", stream, "");
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), stream.getPort())) {
                socket.setSoTimeout((int) TimeUnit.SECONDS.toMillis(SECONDS_MAX));
                BufferedReader answers =
                        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
                socket.getOutputStream().write(request("/health").getBytes(StandardCharsets.US_ASCII));
                assertThat(answers.readLine()).isEqualTo("HTTP/1.1 200 OK");
                server.signal("STOP");
                await().pollDelay(Duration.ofSeconds(3)).until(() -> true);
                socket.getOutputStream().write(request(stream.getPath()).getBytes(StandardCharsets.US_ASCII));
                server.signal("CONT");
                // The first answer ends without a line feed.
                assertThat(answers.lines()).anyMatch(line -> line.endsWith("HTTP/1.1 200 OK"));
            }
        }
    }

    /** Removed, moved away, replaced by another, or unmounted: no start would find what is written. */
    @Test
    void nothingIsAcknowledgedAfterTheDataDirectoryIsLost() throws Exception {
        Path data = folder.resolve("data");
        for (boolean replaced : List.of(false, true)) {
            try (PackagedServer server = start("--data-dir=" + data)) {
                URI stream = server.uri().resolve("s");
                send("PUT", stream, "");
                Files.move(data, folder.resolve("moved-" + replaced));
                if (replaced) {
                    Files.createDirectory(data);
                    Files.createFile(data.resolve("LOCK"));
                }
                await().atMost(SECONDS_MAX, TimeUnit.SECONDS)
                        .untilAsserted(
                                () -> assertThat(send("POST", stream, "x").statusCode())
                                        .isEqualTo(503));
                assertThat(send("GET", server.uri().resolve("/health"), "").body())
                        .contains("data directory " + data + " was removed, moved, replaced or unmounted");
                server.stop();
            }
            if (replaced) {
                Files.delete(data.resolve("LOCK"));
                Files.delete(data);
            }
        }
    }

    @Test
    void aHeapThatIsTooSmallForTheDataIsOneLineAndStatusOne() throws Exception {
        Path data = folder.resolve("data");
        try (DurableStreams streams = DurableStreams.open(data)) {
            String longName = "x".repeat(1_000);
            List<CompletableFuture<?>> created = new ArrayList<>();
            for (int i = 0; i < 40_000; i++) {
                created.add(streams.create(longName + i, CreateOptions.text()));
            }
            CompletableFuture.allOf(created.toArray(CompletableFuture[]::new)).join();
        }
        for (String[] command : new String[][] {{"--port=0", "--data-dir=" + data}, {"verify", "--data-dir=" + data}}) {
            Run run = run(List.of(), Map.of("JDK_JAVA_OPTIONS", "-Xmx32m"), command);
            assertThat(run.status()).as(run.output()).isEqualTo(1);
            assertThat(run.output().lines().filter(line -> line.startsWith("durable-streams-server: ")))
                    .singleElement()
                    .asString()
                    .contains("heap 32 MiB", "is too small for what the data directory has; use a larger -Xmx");
            assertThat(run.output()).doesNotContain("\tat ");
        }
    }

    private PackagedServer start(String... flags) throws IOException {
        return PackagedServer.start(PackagedServer.runningJava(), folder.resolve("log"), List.of(flags));
    }

    private record Run(int status, String output) {}

    private Run run(Map<String, String> environment, String... flags) throws IOException, InterruptedException {
        return run(List.of(), environment, flags);
    }

    private Run run(List<String> before, Map<String, String> environment, String... flags)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(before);
        command.addAll(List.of(
                PackagedServer.runningJava().toString(),
                "-jar",
                PackagedServer.jar().toString()));
        command.addAll(List.of(flags));
        Path output = folder.resolve("output");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        assertThat(process.waitFor(SECONDS_MAX, TimeUnit.SECONDS)).isTrue();
        assertThat(Traces.in(Files.readString(output))).isEmpty();
        return new Run(process.exitValue(), Files.readString(output));
    }

    private HttpResponse<String> send(String method, URI uri, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(uri)
                .header("Content-Type", "text/plain")
                .timeout(Duration.ofSeconds(SECONDS_MAX))
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
                .build();
        return client.send(request, BodyHandlers.ofString());
    }

    private static HttpRequest get(String uri) {
        return HttpRequest.newBuilder(URI.create(uri)).build();
    }
}
