package io.streamkeeper.tier;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.tier.FaultProxy.Fault;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged server with the jar of the tier, and a real S3 server behind a network that fails. */
class ServerIT {
    private static final Duration WAIT_MAX = Duration.ofMinutes(3);
    private static final int KILLS = 5;
    private static final String LOCATION = "s3://" + S3Server.BUCKET + "/prefix";

    @TempDir
    Path directory;

    private final HttpClient http = HttpClient.newHttpClient();
    private final Map<String, ByteArrayOutputStream> written = new HashMap<>();
    private final Random random = new Random(1);
    private String snapshotInterval = "0s";
    private S3Server s3;
    private FaultProxy proxy;
    private Process server;
    private int port;

    /** The S3 server that is used. */
    S3Server.Kind kind() {
        return S3Server.Kind.S3PROXY;
    }

    @BeforeEach
    void begin() throws IOException {
        s3 = S3Server.start(kind(), Files.createDirectory(directory.resolve("s3")));
        proxy = new FaultProxy(s3.endpoint());
    }

    @AfterEach
    void end() throws Exception {
        if (server != null) {
            server.destroyForcibly().waitFor();
        }
        if (s3 != null) {
            proxy.close();
            s3.close();
        }
    }

    private static String classPath() {
        return System.getProperty("streamkeeper.jar")
                + File.pathSeparator
                + System.getProperty("streamkeeper.tier.jar");
    }

    private ProcessBuilder command(String... more) {
        List<String> command =
                new ArrayList<>(List.of("java", "-Xmx128m", "-cp", classPath(), "io.streamkeeper.server.cli.Main"));
        command.addAll(List.of("--data-dir", data().toString()));
        command.addAll(List.of(more));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(S3Server.credentials());
        return builder;
    }

    private Path data() {
        return directory.resolve("data");
    }

    private Path log() {
        return directory.resolve("server.log");
    }

    private void startServer() throws IOException {
        port = S3Server.freePort();
        server = command(
                        "--port", String.valueOf(port),
                        "--admin-listen", "none",
                        "--tier", LOCATION,
                        "--tier-endpoint", proxy.endpoint().toString(),
                        "--tier-object-bytes", "64KiB",
                        "--tier-local-bytes", "0",
                        "--tier-keep", "0s",
                        "--tier-timeout", "5s",
                        "--tier-snapshot-interval", snapshotInterval,
                        "--checkpoint-bytes", "256KiB",
                        "--checkpoint-interval", "200ms")
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
                .start();
        Awaitility.await().atMost(WAIT_MAX).until(() -> isReady() || !server.isAlive());
        assertThat(server.isAlive()).as("the server, see %s", log()).isTrue();
    }

    private boolean isReady() {
        try {
            return status("GET", "/health", new byte[0]) == 200;
        } catch (IOException e) {
            return false;
        }
    }

    private HttpResponse<byte[]> send(String method, String path, byte[] body) throws IOException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(WAIT_MAX)
                .header("Content-Type", "application/octet-stream")
                .method(method, HttpRequest.BodyPublishers.ofByteArray(body))
                .build();
        try {
            return http.send(request, HttpResponse.BodyHandlers.ofByteArray());
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private int status(String method, String path, byte[] body) throws IOException {
        return send(method, path, body).statusCode();
    }

    private void append(String stream, int bytes) throws IOException {
        byte[] body = new byte[bytes];
        random.nextBytes(body);
        if (!written.containsKey(stream)) {
            assertThat(status("PUT", "/v1/stream/" + stream, new byte[0])).isEqualTo(201);
            written.put(stream, new ByteArrayOutputStream());
        }
        assertThat(status("POST", "/v1/stream/" + stream, body)).isEqualTo(204);
        written.get(stream).writeBytes(body);
    }

    private void checkAll() throws IOException {
        for (Map.Entry<String, ByteArrayOutputStream> stream : written.entrySet()) {
            ByteArrayOutputStream read = new ByteArrayOutputStream();
            String offset = "-1";
            boolean more = true;
            while (more) {
                HttpResponse<byte[]> answer =
                        send("GET", "/v1/stream/" + stream.getKey() + "?offset=" + offset, new byte[0]);
                assertThat(answer.statusCode()).isEqualTo(200);
                read.writeBytes(answer.body());
                offset = answer.headers().firstValue("Stream-Next-Offset").orElseThrow();
                more = answer.headers().firstValue("Stream-Up-To-Date").isEmpty();
            }
            assertThat(read.toByteArray())
                    .as(stream.getKey())
                    .isEqualTo(stream.getValue().toByteArray());
        }
    }

    /** The files of all shards that the server may replace or remove meanwhile. */
    private List<Path> files(String directory, String ending) throws IOException {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> shards = Files.newDirectoryStream(data(), "shard-*")) {
            for (Path shard : shards) {
                try (DirectoryStream<Path> files = Files.newDirectoryStream(shard.resolve(directory), "*" + ending)) {
                    files.forEach(found::add);
                }
            }
        }
        return found;
    }

    private long localExtentBytes() throws IOException {
        return files("extents", ".ext").stream()
                .mapToLong(file -> file.toFile().length())
                .sum();
    }

    private String objectLists() throws IOException {
        StringBuilder all = new StringBuilder();
        for (Path list : files("", "OBJECTS")) {
            all.append(Files.readString(list, UTF_8));
        }
        return all.toString();
    }

    @Test
    void streamsLeaveTheDiskAndAreReadBackAfterKillsAndAnOutage() throws Exception {
        startServer();
        for (int round = 0; round < 4; round++) {
            for (int i = 0; i < 12; i++) {
                append("s" + i % 3, 100_000 + random.nextInt(50_000));
            }
            server.destroyForcibly().waitFor();
            startServer();
        }
        Awaitility.await().atMost(WAIT_MAX).until(() -> localExtentBytes() < 200_000 && s3.objects() > 3);
        checkAll();

        proxy.fault(Fault.SILENT);
        server.destroyForcibly().waitFor();
        startServer();
        append("hot", 100);
        HttpResponse<byte[]> refused = send("GET", "/v1/stream/s0?offset=-1", new byte[0]);
        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(new String(refused.body(), UTF_8)).contains("tier_unavailable");
        assertThat(refused.headers().firstValue("Retry-After")).isPresent();
        append("hot", 200_000);
        assertThat(send("GET", "/v1/stream/hot?offset=-1", new byte[0]).body())
                .isEqualTo(written.get("hot").toByteArray());

        proxy.fault(Fault.NONE);
        checkAll();
        for (String stream : List.copyOf(written.keySet())) {
            assertThat(status("DELETE", "/v1/stream/" + stream, new byte[0])).isEqualTo(204);
            written.remove(stream);
        }
        // What a killed process was uploading is kept longer, because its request may still arrive.
        Awaitility.await().atMost(WAIT_MAX).until(() -> !objectLists().contains("\nobject "));
        Awaitility.await().atMost(WAIT_MAX).until(() -> s3.objects() <= KILLS);
        server.destroy();
        assertThat(server.waitFor()).isZero();
        assertThat(s3.keys()).allMatch(objectLists()::contains);
    }

    @Test
    void aLostDiskIsRestoredFromTheBucket() throws Exception {
        snapshotInterval = "500ms";
        startServer();
        for (int i = 0; i < 8; i++) {
            append("s" + i % 2, 200_000);
        }
        append("small", 10);
        Awaitility.await().atMost(WAIT_MAX).until(() -> localExtentBytes() < 200_000 && s3.objects() > 3);
        append("last", 3);
        AtomicLong newest = new AtomicLong();
        // None is made while nothing changes.
        Awaitility.await()
                .atMost(WAIT_MAX)
                .during(Duration.ofSeconds(4))
                .until(() -> newest.getAndSet(snapshots()) == newest.get() && newest.get() > 0);
        server.destroyForcibly().waitFor();
        burn();
        proxy.fault(Fault.CUT);
        assertThat(output(tool("restore", "--from", LOCATION), 1)).contains("durable-streams-server: ");
        proxy.fault(Fault.NONE);
        burn();
        assertThat(output(tool("restore", "--from", LOCATION), 0))
                .contains("restored " + data() + " from snapshot ")
                .doesNotContain("warning");
        startServer();
        checkAll();
        append("small", 10);
        checkAll();
    }

    private void burn() throws IOException {
        try (Stream<Path> files = Files.walk(data())) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private long snapshots() {
        return s3.keys().stream()
                .filter(key -> key.startsWith("snapshots/"))
                .map(key -> Long.parseLong(key.substring(key.lastIndexOf('/') + 1, key.lastIndexOf('/') + 17), 16))
                .max(Comparator.naturalOrder())
                .orElse(0L);
    }

    private ProcessBuilder tool(String name, String... more) {
        List<String> command =
                new ArrayList<>(List.of("java", "-Xmx128m", "-cp", classPath(), "io.streamkeeper.server.cli.Main"));
        command.addAll(List.of(name, "--data-dir", data().toString(), "--tier-endpoint"));
        command.add(proxy.endpoint().toString());
        command.addAll(List.of(more));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(S3Server.credentials());
        return builder;
    }

    @Test
    void withoutTheTierADirectoryThatNamesObjectsIsRefused() throws Exception {
        startServer();
        append("s", 300_000);
        Awaitility.await().atMost(WAIT_MAX).until(() -> s3.objects() > 0 && localExtentBytes() == 0);
        server.destroy();
        assertThat(server.waitFor()).isZero();
        assertThat(run("--port", "0"))
                .contains("names objects at s3://streams/prefix")
                .contains("--tier s3://streams/prefix");
        List<String> verify =
                new ArrayList<>(List.of("java", "-jar", System.getProperty("streamkeeper.jar"), "verify"));
        verify.addAll(List.of("--data-dir", data().toString()));
        assertThat(output(new ProcessBuilder(verify).redirectErrorStream(true), 1))
                .contains("are only at s3://streams/prefix");
        assertThat(output(tool("verify", "--tier", LOCATION), 0)).contains("all is well");
        Path copy = directory.resolve("copy");
        assertThat(output(tool("backup", "--tier", LOCATION, "--to", copy.toString()), 0))
                .contains("and verified the copy");
        assertThat(copy.resolve("shard-000/extents")).isNotEmptyDirectory();
        startServer();
        checkAll();
    }

    private String run(String... more) throws Exception {
        return output(command(more), 1);
    }

    private static String output(ProcessBuilder builder, int status) throws Exception {
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).as(output).isEqualTo(status);
        return output;
    }
}
