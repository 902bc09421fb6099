package io.streamkeeper.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/**
 * {@code h2-proxy.mjs} as a process: takes HTTP/1.1 requests and sends them to a server over one HTTP/2 connection.
 * Belongs to the test that started it, which closes it; it also ends when that test's JVM does, since its standard input
 * ends then.
 */
final class Http2Proxy implements AutoCloseable {

    private static final Pattern READY_LINE =
            Pattern.compile("^ready on (http://127\\.0\\.0\\.1:\\d+)$", Pattern.MULTILINE);
    private static final Pattern CONNECTED_LINE = Pattern.compile("^connected with (\\S+)$", Pattern.MULTILINE);
    private static final Duration START_MAX = Duration.ofSeconds(30);

    private final Process process;
    private final Path log;
    private final URI streams;

    private Http2Proxy(Process process, Path log, URI streams) {
        this.process = process;
        this.log = log;
        this.streams = streams;
    }

    /**
     * Starts it and returns when it listens.
     *
     * @param streams the URL of the server that streams are below; of a TLS server, {@code ca} is its certificate
     * @param port on which it listens
     */
    static Http2Proxy start(URI streams, int port, Path ca, Path log) throws IOException {
        String target = streams.resolve("/").toString();
        Process process = new ProcessBuilder("node", "h2-proxy.mjs", target, ca.toString(), String.valueOf(port))
                .directory(ConformanceSuite.file("").toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        Http2Proxy proxy = new Http2Proxy(process, log, streams);
        try {
            await().atMost(START_MAX)
                    .pollInterval(Duration.ofMillis(20))
                    .failFast(() -> assertThat(process.isAlive())
                            .as(() -> "the proxy runs until it is ready; it printed:\n" + proxy.output())
                            .isTrue())
                    .until(() -> !proxy.lines(READY_LINE).isEmpty());
        } catch (RuntimeException | Error notReady) {
            process.destroyForcibly();
            throw notReady;
        }
        return proxy;
    }

    /** The URL that the server's streams are below at the proxy. */
    URI uri() {
        return URI.create(lines(READY_LINE).get(0)).resolve(streams.getRawPath());
    }

    /** What each of its connections to the server has agreed on: {@code h2} over TLS, {@code h2c} without. */
    List<String> connections() {
        return lines(CONNECTED_LINE);
    }

    /** Everything that it has printed so far. */
    String output() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    private List<String> lines(Pattern pattern) {
        return pattern.matcher(output()).results().map(line -> line.group(1)).toList();
    }
}
