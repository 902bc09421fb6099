package io.streamkeeper.tier;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.opentest4j.TestAbortedException;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/** An S3 server in a process of its own. Its bucket is new and empty. */
final class S3Server implements AutoCloseable {
    /** Which server. */
    enum Kind {
        S3PROXY,
        /** Skipped, with a line, where it is not installed. */
        VERSITYGW
    }

    static final String BUCKET = "streams";

    private static final String KEY = "tests";
    private static final String SECRET = "secret-of-tests";
    private static final Duration START_MAX = Duration.ofSeconds(60);

    private final Process process;
    private final URI endpoint;

    private S3Server(Process process, URI endpoint) {
        this.process = process;
        this.endpoint = endpoint;
    }

    /** Starts a server with its files in an existing directory; aborts the test if it is not installed. */
    static S3Server start(Kind kind, Path directory) throws IOException {
        int port = freePort();
        Path files = Files.createDirectories(directory.resolve("files"));
        ProcessBuilder command = kind == Kind.S3PROXY ? s3proxy(directory, files, port) : versitygw(files, port);
        Process started = command.redirectErrorStream(true)
                .redirectOutput(directory.resolve("s3.log").toFile())
                .start();
        S3Server server = new S3Server(started, URI.create("http://127.0.0.1:" + port));
        try {
            Awaitility.await().atMost(START_MAX).until(() -> isListening(port) || !started.isAlive());
            try (S3Client client = server.client()) {
                client.createBucket(request -> request.bucket(BUCKET));
            }
            return server;
        } catch (RuntimeException | Error e) {
            server.close();
            throw e;
        }
    }

    private static ProcessBuilder s3proxy(Path directory, Path files, int port) throws IOException {
        Path properties = directory.resolve("s3proxy.conf");
        Files.writeString(
                properties,
                String.join(
                        "\n",
                        "s3proxy.endpoint=http://127.0.0.1:" + port,
                        "s3proxy.authorization=aws-v2-or-v4",
                        "s3proxy.identity=" + KEY,
                        "s3proxy.credential=" + SECRET,
                        "jclouds.provider=filesystem-nio2",
                        "jclouds.filesystem.basedir=" + files,
                        ""));
        return new ProcessBuilder(
                "java", "-Xmx256m", "-cp", classPath(), "org.gaul.s3proxy.Main", "--properties", properties.toString());
    }

    private static ProcessBuilder versitygw(Path files, int port) {
        Path program = versitygw();
        if (program == null) {
            String message =
                    "the tests with versitygw have NOT been run: it is not on the path, and -Dversitygw=FILE does"
                            + " not name it";
            System.err.println(message);
            throw new TestAbortedException(message);
        }
        ProcessBuilder command =
                new ProcessBuilder(program.toString(), "--port", "127.0.0.1:" + port, "posix", files.toString());
        command.environment().putAll(Map.of("ROOT_ACCESS_KEY", KEY, "ROOT_SECRET_KEY", SECRET));
        return command;
    }

    private static @Nullable Path versitygw() {
        String named = System.getProperty("versitygw", "");
        String path = named.isEmpty() ? System.getenv().getOrDefault("PATH", "") : "";
        return Stream.concat(
                        named.isEmpty() ? Stream.empty() : Stream.of(Path.of(named)),
                        Pattern.compile(File.pathSeparator, Pattern.LITERAL)
                                .splitAsStream(path)
                                .map(each -> Path.of(each, "versitygw")))
                .filter(Files::isExecutable)
                .findFirst()
                .orElse(null);
    }

    private static String classPath() {
        String path = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        // The classes of this project and its logging are not the server's.
        return Arrays.stream(path.split(File.pathSeparator))
                .filter(each -> each.endsWith(".jar") && !each.contains("streamkeeper"))
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static boolean isListening(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    URI endpoint() {
        return endpoint;
    }

    /** The credentials, as the environment of a process. */
    static Map<String, String> credentials() {
        return Map.of("AWS_ACCESS_KEY_ID", KEY, "AWS_SECRET_ACCESS_KEY", SECRET);
    }

    /** A client of the server. */
    S3Client client() {
        return client(endpoint, Duration.ofSeconds(10));
    }

    static S3Client client(URI endpoint, Duration timeout) {
        return S3Client.builder()
                .endpointOverride(endpoint)
                .forcePathStyle(true)
                .region(Region.US_EAST_1)
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create(KEY, SECRET)))
                .httpClientBuilder(UrlConnectionHttpClient.builder().socketTimeout(timeout.dividedBy(2)))
                .overrideConfiguration(calls -> calls.apiCallTimeout(timeout))
                .build();
    }

    /** How many objects there are. */
    int objects() {
        return keys().size();
    }

    /** The keys of all objects, below the prefix. */
    List<String> keys() {
        try (S3Client client = client()) {
            return client.listObjectsV2(request -> request.bucket(BUCKET)).contents().stream()
                    .map(object -> object.key().replaceFirst("^prefix/", ""))
                    .toList();
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
