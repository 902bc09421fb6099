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
 * A running server in a process of its own. One thread reads what it prints, another what it logs; the rest may be called
 * from any thread. Closing it kills it if it still runs; so does the end of this process.
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
     * @throws IOException if it ends before it is ready, or does not get ready in time
     */
    public static ServerProcess start(List<String> command) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().keySet().removeIf(name -> name.startsWith(ENVIRONMENT_PREFIX));
        long startNanos = System.nanoTime();
        ServerProcess server = new ServerProcess(builder.start());
        server.read("server-out", server.process.getInputStream(), server::takeOutput);
        server.read("server-log", server.process.getErrorStream(), server::takeLog);
        try {
            server.port.get(READY_SECONDS_MAX, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            server.close();
            throw new IOException("the server did not get ready: " + command + " logged " + server.log(), e);
        }
        server.readyNanos = System.nanoTime() - startNanos;
        return server;
    }

    /** The port that a ready line tells, or -1. */
    public static int readyPort(String line) {
        Matcher matcher = READY.matcher(line);
        return matcher.matches() ? Digits.toInt(matcher.group(1)) : -1;
    }

    /** From the start of the process to the line that says it is ready. */
    public long readyNanos() {
        return readyNanos;
    }

    public InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port.join());
    }

    public ProcessSample sample() throws IOException {
        return ProcessSample.of(process.pid());
    }

    /** What was logged so far. */
    public List<LogLine> log() {
        synchronized (log) {
            return List.copyOf(log);
        }
    }

    /**
     * Stops it by SIGTERM.
     *
     * @return how long that took, in nanoseconds
     * @throws IOException if it does not stop in time, or fails to
     */
    public long stop() throws IOException, InterruptedException {
        long startNanos = System.nanoTime();
        process.destroy();
        if (!process.waitFor(STOP_SECONDS_MAX, TimeUnit.SECONDS)) {
            throw new IOException("the server did not stop within " + STOP_SECONDS_MAX + " s");
        }
        if (process.exitValue() != 0) {
            throw new IOException("the server stopped with " + process.exitValue() + "; it logged " + log());
        }
        return System.nanoTime() - startNanos;
    }

    /** Ends it by SIGKILL. */
    public void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    private void read(String name, InputStream in, Consumer<String> taker) {
        Thread thread = new Thread(() -> readLines(in, taker), name);
        thread.setDaemon(true);
        thread.start();
    }

    private void readLines(InputStream in, Consumer<String> taker) {
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            reader.lines().forEach(taker);
        } catch (IOException | UncheckedIOException e) {
            taker.accept("(unreadable from here: " + e.getMessage() + ")");
        } finally {
            port.completeExceptionally(new IOException("the process has ended"));
        }
    }

    private void takeOutput(String line) {
        int found = readyPort(line);
        if (found >= 0) {
            port.complete(found);
        }
    }

    private void takeLog(String line) {
        log.add(new LogLine(System.nanoTime(), line));
    }
}
