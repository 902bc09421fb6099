package io.streamkeeper.bench.compare;

import io.streamkeeper.bench.load.Target;
import io.streamkeeper.bench.process.ProcessSample;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A peer that answers. One that was started here is killed when this is closed, and when this process ends; its directory
 * is removed.
 */
final class RunningPeer implements AutoCloseable {
    private static final long READY_NANOS_MAX = TimeUnit.SECONDS.toNanos(60);
    private static final long RETRY_MILLIS = 2;
    private static final int ANSWER_MILLIS_MAX = 5_000;

    private final Peer peer;
    private final Target target;
    private final long pid;
    private final long readyNanos;
    private final @Nullable Process process;
    private final @Nullable Path directory;
    private final @Nullable Thread killAtExit;

    private RunningPeer(
            Peer peer,
            Target target,
            long pid,
            long readyNanos,
            @Nullable Process process,
            @Nullable Path directory,
            @Nullable Thread killAtExit) {
        this.peer = peer;
        this.target = target;
        this.pid = pid;
        this.readyNanos = readyNanos;
        this.process = process;
        this.directory = directory;
        this.killAtExit = killAtExit;
    }

    /**
     * Starts a peer, unless it runs, with an empty directory below {@code parent}, and waits until it answers.
     *
     * @throws IOException if it does not within a minute
     */
    static RunningPeer start(Peer peer, Path parent) throws IOException, InterruptedException {
        if (!peer.isStarted()) {
            return new RunningPeer(peer, Target.of(peer.url()), peer.pid(), 0, null, null, null);
        }
        return startIn(peer, Files.createTempDirectory(Files.createDirectories(parent), "peer-"));
    }

    private static RunningPeer startIn(Peer peer, Path directory) throws IOException, InterruptedException {
        int port = Peer.freePort();
        Target target = new Target(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), peer.path());
        Path log = directory.resolveSibling(directory.getFileName() + ".log");
        long startNanos = System.nanoTime();
        Process process = peer.run(port, directory)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        Thread killAtExit = new Thread(process::destroyForcibly, "peer-kill");
        Runtime.getRuntime().addShutdownHook(killAtExit);
        while (!answers(target)) {
            boolean isLate = System.nanoTime() - startNanos > READY_NANOS_MAX;
            if (isLate || !process.isAlive()) {
                process.destroyForcibly();
                throw new IOException(peer.name() + " did not answer; it printed: " + Files.readString(log));
            }
            TimeUnit.MILLISECONDS.sleep(RETRY_MILLIS);
        }
        long readyNanos = System.nanoTime() - startNanos;
        return new RunningPeer(peer, target, process.pid(), readyNanos, process, directory, killAtExit);
    }

    /** Whether a stream that is not there is answered at all. */
    private static boolean answers(Target target) {
        try (Socket socket = new Socket()) {
            socket.connect(target.address(), ANSWER_MILLIS_MAX);
            socket.setSoTimeout(ANSWER_MILLIS_MAX);
            String request = "HEAD " + target.root() + "bench-none HTTP/1.1\r\nHost: localhost\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return socket.getInputStream().read() > 0;
        } catch (IOException e) {
            return false;
        }
    }

    /** Kills it, and starts it again with what it has stored. */
    RunningPeer restart() throws IOException, InterruptedException {
        if (process == null || directory == null) {
            throw new IOException(peer.name() + " was not started here, so that it cannot be restarted");
        }
        kill(process);
        if (killAtExit != null) {
            Runtime.getRuntime().removeShutdownHook(killAtExit);
        }
        return startIn(peer, directory);
    }

    Peer peer() {
        return peer;
    }

    Target target() {
        return target;
    }

    long pid() {
        return pid;
    }

    /** From its start to its first answer. */
    long readyNanos() {
        return readyNanos;
    }

    long residentBytes() throws IOException {
        return pid == 0 ? 0 : ProcessSample.of(pid).residentBytes();
    }

    private static void kill(Process process) {
        process.destroyForcibly().onExit().join();
    }

    @Override
    public void close() throws IOException {
        if (process != null) {
            kill(process);
        }
        if (killAtExit != null) {
            Runtime.getRuntime().removeShutdownHook(killAtExit);
        }
        if (directory != null && Files.exists(directory)) {
            Files.deleteIfExists(directory.resolveSibling(directory.getFileName() + ".log"));
            try (Stream<Path> files = Files.walk(directory)) {
                List<Path> deepestFirst =
                        files.sorted(Comparator.reverseOrder()).toList();
                for (Path file : deepestFirst) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }
}
