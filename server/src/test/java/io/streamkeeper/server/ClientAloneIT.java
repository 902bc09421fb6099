package io.streamkeeper.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The program {@code examples/follow/Follow.java}, which only follows a stream: with the client and its dependencies on
 * the class path, without the server, the storage and native transports. The server is another process.
 */
class ClientAloneIT {
    private static final Duration LONG = Duration.ofSeconds(60);

    /** The client's dependencies, as its build allows them; jspecify has annotations only. */
    private static final List<String> ARTIFACTS = List.of(
            "streamkeeper-client",
            "streamkeeper-protocol",
            "netty-buffer",
            "netty-common",
            "jackson-core",
            "slf4j-api");

    @TempDir
    private Path folder;

    private final HttpClient http = HttpClient.newHttpClient();

    @Test
    void aProgramWithTheClientOnlyFollowsAStreamUntilItIsClosed() throws Exception {
        Path out = folder.resolve("out.txt");
        Path err = folder.resolve("err.txt");
        try (PackagedServer server =
                PackagedServer.start(PackagedServer.runningJava(), folder.resolve("server.log"), List.of())) {
            URI stream = server.uri().resolve("chat/42");
            send("PUT", stream, "hello", "false");
            Process program = new ProcessBuilder(
                            PackagedServer.runningJava().toString(),
                            "-cp",
                            classPath(),
                            Path.of("..", "examples", "follow", "Follow.java").toString(),
                            server.uri().toString(),
                            "chat/42")
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile())
                    .start();
            try {
                awaitOutput(out, "hello");
                send("POST", stream, "world", "false");
                awaitOutput(out, "hello\nworld");
                send("POST", stream, "end", "true");
                assertThat(program.waitFor(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
            } finally {
                program.destroyForcibly();
            }
            assertThat(Files.readString(out)).startsWith("hello\nworld\nend\nclosed at ");
            // Without a logging library, which is the program's choice, the logging interface prints that it has none.
            assertThat(Files.readString(err).lines()).allMatch(line -> line.startsWith("SLF4J"));
            assertThat(program.exitValue()).isZero();
        }
    }

    private static void awaitOutput(Path out, String expected) {
        await().atMost(LONG)
                .untilAsserted(() -> assertThat(Files.readString(out).strip()).isEqualTo(expected));
    }

    private void send(String method, URI stream, String text, String closes) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(stream)
                .header("Content-Type", "text/plain")
                .header("Stream-Closed", closes)
                .timeout(LONG)
                .method(method, BodyPublishers.ofString(text))
                .build();
        assertThat(http.send(request, BodyHandlers.ofString()).statusCode()).isBetween(200, 299);
    }

    /** Of the class path of the tests, what the client brings in; each artifact must be there. */
    private static String classPath() {
        List<String> entries = Pattern.compile(Pattern.quote(File.pathSeparator))
                .splitAsStream(System.getProperty("java.class.path"))
                .toList();
        return ARTIFACTS.stream()
                .map(artifact -> entries.stream()
                        .filter(entry -> isOf(entry, artifact))
                        .findFirst()
                        .orElseThrow(() -> new AssertionError(artifact + " is not on the class path")))
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static boolean isOf(String entry, String artifact) {
        String name = Path.of(entry).getFileName().toString();
        return name.matches(Pattern.quote(artifact) + "-[0-9].*\\.jar") && !name.endsWith("-tests.jar");
    }
}
