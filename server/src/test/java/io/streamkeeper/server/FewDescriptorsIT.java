package io.streamkeeper.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.streamkeeper.protocol.output.Traces;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The packaged jar where a process may have few file descriptors. */
class FewDescriptorsIT {
    private static final int SECONDS_MAX = 60;
    private static final int WEBHOOKS = 64;
    private static final int TIMEOUT_MILLIS = 10_000;

    @TempDir
    private Path folder;

    /** Some of these are too few for the JVM's own start, and in each step of ours they may run out. */
    @ParameterizedTest
    @ValueSource(ints = {20, 22, 24, 26, 28, 30, 32, 36, 48, 128})
    void aStartEndsWithOneLineThatNamesTheLimitOrServes(int limit) throws IOException, InterruptedException {
        Path log = folder.resolve("log");
        Process process = new ProcessBuilder(
                        "sh",
                        "-c",
                        "ulimit -n " + limit + " && exec \"$@\"",
                        "sh",
                        PackagedServer.runningJava().toString(),
                        "-jar",
                        PackagedServer.jar().toString(),
                        "--port=0",
                        "--shards=2",
                        "--data-dir=" + folder.resolve("data"))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            await().atMost(SECONDS_MAX, TimeUnit.SECONDS)
                    .until(() -> !process.isAlive() || Files.readString(log).contains("\nMemory: "));
            List<String> lines = Files.readAllLines(log);
            assertThat(Traces.in(Files.readString(log))).isEmpty();
            if (!process.isAlive()) {
                assertThat(process.exitValue()).isEqualTo(1);
                List<String> errors = lines.stream()
                        .filter(line -> line.startsWith("durable-streams-server: "))
                        .toList();
                assertThat(errors)
                        .singleElement()
                        .asString()
                        .contains("too many open files: the limit of this process is ", "ulimit -n")
                        .doesNotContain("owned by");
            }
        } finally {
            process.destroyForcibly();
            process.waitFor();
        }
    }

    /** Receivers that accept and never answer hold connections, but leave clients and files what they need. */
    @Test
    void webhooksUnderWayLeaveDescriptorsForClientsAndFiles() throws Exception {
        Path launcher = Files.writeString(
                folder.resolve("launcher"),
                "#!/bin/sh\nulimit -n 128\nexec \"" + PackagedServer.runningJava() + "\" \"$@\"\n");
        Files.setPosixFilePermissions(launcher, PosixFilePermissions.fromString("rwx------"));
        HttpClient client = client();
        try (ServerSocket receiver = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
                PackagedServer server = PackagedServer.start(
                        launcher,
                        folder.resolve("server.log"),
                        List.of("--shards=2", "--allow-local-webhooks", "--segment-bytes=256KiB"))) {
            for (int i = 0; i < WEBHOOKS; i++) {
                String body = "{\"type\":\"webhook\",\"pattern\":\"s/*\",\"webhook\":{\"url\":\"http://127.0.0.1:"
                        + receiver.getLocalPort() + "/" + i + "\"}}";
                assertThat(send(client, server, "PUT", "__ds/subscriptions/s" + i, body))
                        .isEqualTo(201);
            }
            assertThat(send(client, server, "PUT", "s/1", "1")).isEqualTo(201);
            receiver.accept();
            for (int i = 0; i < WEBHOOKS; i++) {
                assertThat(send(client, server, "POST", "s/1", "1".repeat(100_000)))
                        .isEqualTo(204);
            }
            assertThat(send(client(), server, "POST", "s/1", "1")).isEqualTo(204);
            assertThat(server.output()).doesNotContain(" WARN ", " ERROR ", "Too many open files");
        }
    }

    /** Sends a request over a connection of the client; returns the status. */
    private static int send(HttpClient client, PackagedServer server, String method, String path, String body)
            throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(server.uri().resolve(path))
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .header("Content-Type", "application/json")
                .timeout(Duration.ofMillis(TIMEOUT_MILLIS))
                .build();
        return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
    }

    /** A client that opens a connection of its own. */
    private static HttpClient client() {
        return HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    }
}
