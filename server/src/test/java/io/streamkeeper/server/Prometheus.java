package io.streamkeeper.server;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A process of Prometheus with the files of {@code docker/monitoring}. Belongs to the test that started it. */
final class Prometheus implements AutoCloseable {
    static final Path FILES = Path.of(System.getProperty("conformance.specs")).resolve("../../../docker/monitoring");

    private static final int STARTS_MAX = 5;
    private static final Duration START_MAX = Duration.ofSeconds(30);

    private final Process process;
    private final URI uri;
    private final HttpClient http = HttpClient.newHttpClient();

    private Prometheus(Process process, int port) {
        this.process = process;
        this.uri = URI.create("http://127.0.0.1:" + port + "/");
    }

    /** A program of Prometheus, or null where it is not installed. */
    static @Nullable Path program(String name) {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(System.getProperty("path.separator")))
                .map(directory -> Path.of(directory, name))
                .filter(Files::isExecutable)
                .findFirst()
                .orElse(null);
    }

    /** Starts it with {@code options}, to scrape {@code target} and to decide about the alerts each second. */
    static Prometheus start(Path folder, String target, String... options) throws IOException {
        Files.createDirectories(folder);
        Files.copy(FILES.resolve("alerts.yml"), folder.resolve("alerts.yml"));
        String configuration = Files.readString(FILES.resolve("prometheus.yml"))
                .replace("127.0.0.1:14437", target)
                .replace("15s", "1s");
        Files.writeString(folder.resolve("prometheus.yml"), configuration);
        for (int i = 0; i < STARTS_MAX; i++) {
            int port = freePort();
            List<String> command = new ArrayList<>(List.of(
                    String.valueOf(program("prometheus")),
                    "--config.file=" + folder.resolve("prometheus.yml"),
                    "--storage.tsdb.path=" + folder.resolve("data-" + i),
                    "--web.listen-address=127.0.0.1:" + port));
            command.addAll(List.of(options));
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("output").toFile())
                    .start();
            Prometheus prometheus = new Prometheus(process, port);
            if (prometheus.isReady()) {
                return prometheus;
            }
            prometheus.close();
        }
        throw new IOException("Prometheus did not start:\n" + Files.readString(folder.resolve("output")));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** Returns false if it has ended, as it does when another process has taken the port meanwhile. */
    private boolean isReady() {
        await().atMost(START_MAX).until(() -> !process.isAlive() || status("-/ready") == 200);
        return process.isAlive();
    }

    private int status(String path) {
        try {
            return get(path).statusCode();
        } catch (IOException e) {
            return 0;
        }
    }

    private HttpResponse<String> get(String path) throws IOException {
        try {
            return http.send(HttpRequest.newBuilder(uri.resolve(path)).build(), HttpResponse.BodyHandlers.ofString());
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    /** The series that an expression has now, as JSON. */
    String query(String expression) {
        try {
            return get("api/v1/query?query=" + URLEncoder.encode(expression, StandardCharsets.UTF_8))
                    .body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The value of the only series of an expression; not a number if there is none. */
    double value(String expression) throws IOException {
        JsonNode result = new ObjectMapper().readTree(query(expression)).at("/data/result");
        return result.size() == 1 ? result.at("/0/value/1").asDouble() : Double.NaN;
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
