package io.streamkeeper.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The packaged jar stopped and started again on its data directory, and refused on directories it must not open. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class RestartIT {
    private static final String TEXT = "text/plain";

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @TempDir
    private Path folder;

    @Test
    void streamsOfAllKindsSurviveACleanStop() throws Exception {
        try (PackagedServer server = start("first")) {
            URI base = server.uri();
            send("PUT", base.resolve("bytes"), "hello", TEXT, "Stream-TTL", "86400");
            send("PUT", base.resolve("json"), "[1,2]", "application/json");
            send("PUT", base.resolve("closed"), "end", TEXT, "Stream-Closed", "true");
            send("PUT", base.resolve("deleted"), "x", TEXT);
            send("DELETE", base.resolve("deleted"), "", TEXT);
            send(
                    "PUT",
                    base.resolve("fork"),
                    "",
                    TEXT,
                    "Stream-Forked-From",
                    base.resolve("bytes").getPath());
            send("POST", base.resolve("fork"), "!", TEXT, "Stream-Seq", "b");
            assertThat(produce(base)).isEqualTo(200);
            assertThat(server.stop()).isZero();
        }
        try (PackagedServer server = start("second")) {
            URI base = server.uri();
            HttpResponse<String> bytes = send("GET", base.resolve("bytes"), "", TEXT);
            assertThat(bytes.body()).isEqualTo("hello+");
            assertThat(send("HEAD", base.resolve("bytes"), "", TEXT).headers().firstValue("Stream-TTL"))
                    .hasValue("86400");
            assertThat(send("GET", base.resolve("json"), "", TEXT).body()).isEqualTo("[1,2]");
            assertThat(send("POST", base.resolve("closed"), "x", TEXT).statusCode())
                    .isEqualTo(409);
            assertThat(send("GET", base.resolve("deleted"), "", TEXT).statusCode())
                    .isEqualTo(404);
            assertThat(send("GET", base.resolve("fork"), "", TEXT).body()).isEqualTo("hello!");
            assertThat(send("POST", base.resolve("fork"), "?", TEXT, "Stream-Seq", "a")
                            .statusCode())
                    .isEqualTo(409);
            assertThat(produce(base)).isEqualTo(204);
        }
    }

    @Test
    void aSecondProcessOnTheDirectoryIsRefusedWhileTheFirstServes() throws Exception {
        try (PackagedServer server = start("first")) {
            assertRefused("--shards=2", "is in use by another process");
            assertThat(send("GET", server.uri().resolve("/health"), "", TEXT).statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void anotherCountOfShardsIsRefused() throws Exception {
        try (PackagedServer server = start("first")) {
            assertThat(server.stop()).isZero();
        }
        assertRefused("--shards=3", "has 2 shards, but --shards is 3");
    }

    @Test
    void aDirectoryWithForeignFilesIsRefused() throws Exception {
        Files.createDirectory(folder.resolve("data"));
        Files.writeString(folder.resolve("data/thesis.txt"), "not ours");
        assertRefused("--shards=2", "\"thesis.txt\" in it but no file FORMAT");
    }

    private int produce(URI base) throws Exception {
        return send(
                        "POST",
                        base.resolve("bytes"),
                        "+",
                        TEXT,
                        "Producer-Id",
                        "p",
                        "Producer-Epoch",
                        "0",
                        "Producer-Seq",
                        "0")
                .statusCode();
    }

    private PackagedServer start(String name) throws Exception {
        return PackagedServer.start(
                PackagedServer.runningJava(),
                folder.resolve(name + ".log"),
                List.of("--data-dir=" + folder.resolve("data"), "--shards=2"));
    }

    private void assertRefused(String shards, String reason) throws Exception {
        Path errors = folder.resolve("errors");
        Process process = new ProcessBuilder(
                        PackagedServer.runningJava().toString(),
                        "-jar",
                        PackagedServer.jar().toString(),
                        "--port=0",
                        "--data-dir=" + folder.resolve("data"),
                        shards)
                .redirectError(errors.toFile())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isNotZero();
            assertThat(Files.readString(errors).strip().lines())
                    .hasSize(1)
                    .first()
                    .asString()
                    .contains(reason);
        } finally {
            process.destroyForcibly();
        }
    }

    private HttpResponse<String> send(String method, URI uri, String body, String type, String... headers)
            throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri)
                .header("Content-Type", type)
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), BodyHandlers.ofString());
    }
}
