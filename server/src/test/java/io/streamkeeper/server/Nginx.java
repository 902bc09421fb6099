package io.streamkeeper.server;

import static org.awaitility.Awaitility.await;

import io.streamkeeper.server.tls.Identities;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * An nginx process in front of a server, with one of the documented configurations: only its addresses and the places of
 * its files are replaced. Belongs to the test that started it.
 */
final class Nginx implements AutoCloseable {
    private static final Path CONFIGURATIONS =
            Path.of(System.getProperty("conformance.specs")).resolve("../../../docker/nginx");
    private static final int STARTS_MAX = 5;

    private final Process process;
    private final Path folder;
    private final int port;

    private Nginx(Process process, Path folder, int port) {
        this.process = process;
        this.folder = folder;
        this.port = port;
    }

    /** The program, or null where it is not installed. */
    static @Nullable Path program() {
        String path = System.getenv().getOrDefault("PATH", "") + System.getProperty("path.separator") + "/usr/sbin";
        return Stream.of(path.split(System.getProperty("path.separator")))
                .map(directory -> Path.of(directory, "nginx"))
                .filter(Files::isExecutable)
                .findFirst()
                .orElse(null);
    }

    /**
     * Starts nginx with {@code docker/nginx/NAME.conf} on a free port of the loopback interface.
     *
     * @param folder for its files
     * @param serverPort the port of the server on the loopback interface
     */
    static Nginx start(String name, Path folder, int serverPort) throws Exception {
        for (int i = 0; i < STARTS_MAX; i++) {
            Nginx nginx = begin(name, folder, serverPort, freePort());
            if (nginx.isReady()) {
                return nginx;
            }
        }
        throw notStarted(folder);
    }

    /** The same on a port that the server knows already. */
    static Nginx start(String name, Path folder, int serverPort, int port) throws Exception {
        Nginx nginx = begin(name, folder, serverPort, port);
        if (nginx.isReady()) {
            return nginx;
        }
        throw notStarted(folder);
    }

    private static IOException notStarted(Path folder) throws IOException {
        return new IOException("nginx did not start:\n" + Files.readString(folder.resolve("output")));
    }

    private static Nginx begin(String name, Path folder, int serverPort, int port) throws Exception {
        Files.createDirectories(folder.resolve("tmp"));
        Identities.of("nginx").write(folder);
        write(name, folder, serverPort, port);
        Process process = new ProcessBuilder(
                        String.valueOf(program()), "-p", folder.toString(), "-c", "nginx.conf", "-e", "error.log")
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("output").toFile())
                .start();
        return new Nginx(process, folder, port);
    }

    /** A port of the loopback interface that nothing listens on now. */
    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static void write(String name, Path folder, int serverPort, int port) throws IOException {
        String documented = Files.readString(CONFIGURATIONS.resolve(name + ".conf"))
                .replace("server 127.0.0.1:4437", "server 127.0.0.1:" + serverPort)
                .replace("listen 443 ssl", "listen 127.0.0.1:" + port + " ssl")
                .replace("/etc/nginx/streams.crt", folder.resolve("cert.pem").toString())
                .replace("/etc/nginx/streams.key", folder.resolve("key.pem").toString())
                .replace("/var/cache/nginx/streams", folder.resolve("cache").toString());
        Files.writeString(folder.resolve("streams.conf"), documented);
        // A folder of a test is for its owner only, whom the workers must be.
        String user = System.getProperty("user.name").equals("root") ? "user root;" : "";
        String temporary = String.join(
                "\n",
                List.of("client_body", "proxy", "fastcgi", "uwsgi", "scgi").stream()
                        .map(kind -> kind + "_temp_path " + folder.resolve("tmp") + "/" + kind + ";")
                        .toList());
        Files.writeString(folder.resolve("nginx.conf"), """
                %s
                daemon off;
                worker_processes 1;
                pid %s/nginx.pid;
                error_log %s/error.log notice;
                events { worker_connections 512; }
                http {
                    %s
                    include %s/streams.conf;
                }
                """.formatted(user, folder, folder, temporary, folder));
    }

    private boolean isReady() {
        await().atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> !process.isAlive() || accepts());
        return process.isAlive();
    }

    private boolean accepts() {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    int port() {
        return port;
    }

    /** The certificate that its clients must trust. */
    Path certificate() {
        return folder.resolve("cert.pem");
    }

    /** What it has logged. */
    String log() throws IOException {
        return Files.readString(folder.resolve("error.log"));
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
