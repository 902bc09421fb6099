package io.streamkeeper.bench.process;

import io.streamkeeper.protocol.Digits;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A server that runs in its own process. One thread reads its output, another its log; the methods may be called from
 * any thread. {@link #close} and the end of this process kill the server if it still runs.
 */
public final class ServerProcess implements AutoCloseable {
    private static final Pattern READY = Pattern.compile("Streamkeeper \\S+ is ready on http://[^/]+:(\\d+)/\\S*");
    private static final long READY_SECONDS_MAX = 900;
    private static final long STOP_SECONDS_MAX = 120;
    private static final String ENVIRONMENT_PREFIX = "DS_";

    private final Process process;
    private final Thread killAtExit;
    private final List<LogLine> log = Collections.synchronizedList(new ArrayList<>());
    private final CompletableFuture<Integer> port = new CompletableFuture<>();
    private long readyNanos;

    private ServerProcess(Process process) {
        this.process = process;
        this.killAtExit = new Thread(process::destroyForcibly, "server-kill");
        Runtime.getRuntime().addShutdownHook(killAtExit);
    }

    /**
     * Starts a server and waits until it is ready.
     *
     * @throws IOException if it ends before it is ready, or is not ready in time
     */
    public static ServerProcess start(List<String> command) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().keySet().removeIf(name -> name.startsWith(ENVIRONMENT_PREFIX));
        long startNanos = System.nanoTime();
        ServerProcess server = new ServerProcess(builder.start());
        server.read("server-out", server.process.getInputStream(), server::findPort);
        server.read("server-log", server.process.getErrorStream(), server::recordLog);
        try {
            server.port.get(READY_SECONDS_MAX, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            server.close();
            throw new IOException("the server did not become ready: " + command + " logged " + server.log(), e);
        }
        server.readyNanos = System.nanoTime() - startNanos;
        return server;
    }

    /** The port in a ready line, or -1 if the line is another one. */
    public static int readyPort(String line) {
        Matcher matcher = READY.matcher(line);
        return matcher.matches() ? Digits.toInt(matcher.group(1)) : -1;
    }

    /** The time from the start of the process to its ready line. */
    public long readyNanos() {
        return readyNanos;
    }

    public InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port.join());
    }

    public ProcessSample sample() throws IOException {
        return ProcessSample.of(process.pid());
    }

    /** The log so far. */
    public List<LogLine> log() {
        synchronized (log) {
            return List.copyOf(log);
        }
    }

    /**
     * Stops the server by SIGTERM.
     *
     * @return the time until it ended, in nanoseconds
     * @throws IOException if it does not end in time, or exits with a status other than 0
     */
    public long stop() throws IOException, InterruptedException {
        long startNanos = System.nanoTime();
        process.destroy();
        if (!process.waitFor(STOP_SECONDS_MAX, TimeUnit.SECONDS)) {
            throw new IOException("the server did not stop within " + STOP_SECONDS_MAX + " s");
        }
        if (process.exitValue() != 0) {
            throw new IOException("the server exited with status " + process.exitValue() + "; it logged " + log());
        }
        return System.nanoTime() - startNanos;
    }

    /** Kills the server by SIGKILL. */
    public void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    private void read(String name, InputStream in, Consumer<String> consumer) {
        Thread thread = new Thread(() -> readLines(in, consumer), name);
        thread.setDaemon(true);
        thread.start();
    }

    private void readLines(InputStream in, Consumer<String> consumer) {
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            reader.lines().forEach(consumer);
        } catch (IOException | UncheckedIOException e) {
            consumer.accept("(unreadable from here: " + e.getMessage() + ")");
        } finally {
            port.completeExceptionally(new IOException("the process has ended"));
        }
    }

    private void findPort(String line) {
        int found = readyPort(line);
        if (found >= 0) {
            port.complete(found);
        }
    }

    private void recordLog(String line) {
        log.add(new LogLine(System.nanoTime(), line));
    }
}
