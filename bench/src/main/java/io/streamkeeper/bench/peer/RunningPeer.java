package io.streamkeeper.bench.peer;

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
 * A peer that responds. If the bench started it, {@link #close} kills it and deletes its directory; the end of this
 * process kills it, too.
 */
public final class RunningPeer implements AutoCloseable {
    private static final long READY_NANOS_MAX = TimeUnit.SECONDS.toNanos(60);
    private static final long RETRY_MILLIS = 2;
    private static final int RESPONSE_MILLIS_MAX = 5_000;

    /** A process that the bench started. */
    private record Started(Process process, Thread killAtExit) {}

    private final Peer peer;
    private final @Nullable Path directory;
    private @Nullable Started started;
    private Target target;
    private long pid;
    private long readyNanos;

    private RunningPeer(Peer peer, @Nullable Path directory, Target target, long pid) {
        this.peer = peer;
        this.directory = directory;
        this.target = target;
        this.pid = pid;
    }

    /**
     * Starts a peer, unless it already runs, with an empty directory in {@code parent}, and waits until it responds.
     *
     * @throws IOException if it does not respond within a minute
     */
    public static RunningPeer start(Peer peer, Path parent) throws IOException, InterruptedException {
        if (!peer.hasScript()) {
            return new RunningPeer(peer, null, peer.runningTarget(), peer.pid());
        }
        Path directory = Files.createTempDirectory(Files.createDirectories(parent), "peer-");
        RunningPeer running = new RunningPeer(peer, directory, newTarget(peer), 0);
        running.launch(directory);
        return running;
    }

    /** A target on a port that is free now. */
    private static Target newTarget(Peer peer) throws IOException, InterruptedException {
        return new Target(new InetSocketAddress(InetAddress.getLoopbackAddress(), Peer.freePort()), peer.path());
    }

    private void launch(Path in) throws IOException, InterruptedException {
        long startNanos = System.nanoTime();
        Process process = peer.runCommand(target.address().getPort(), in)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log(in).toFile()))
                .start();
        Thread killAtExit = new Thread(process::destroyForcibly, "peer-kill");
        Runtime.getRuntime().addShutdownHook(killAtExit);
        started = new Started(process, killAtExit);
        pid = process.pid();
        while (!responds(target)) {
            boolean isLate = System.nanoTime() - startNanos > READY_NANOS_MAX;
            if (isLate || !process.isAlive()) {
                process.destroyForcibly();
                throw new IOException(peer.name() + " did not respond; it printed: " + Files.readString(log(in)));
            }
            TimeUnit.MILLISECONDS.sleep(RETRY_MILLIS);
        }
        readyNanos = System.nanoTime() - startNanos;
    }

    private static Path log(Path directory) {
        return directory.resolveSibling(directory.getFileName() + ".log");
    }

    /** Whether the server responds at all, here to a request for a missing stream. */
    private static boolean responds(Target target) {
        try (Socket socket = new Socket()) {
            socket.connect(target.address(), RESPONSE_MILLIS_MAX);
            socket.setSoTimeout(RESPONSE_MILLIS_MAX);
            String request = "HEAD " + target.root() + "bench-none HTTP/1.1\r\nHost: localhost\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return socket.getInputStream().read() > 0;
        } catch (IOException e) {
            return false;
        }
    }

    /** Kills the peer and restarts it with the same directory, on another port. */
    public void restart() throws IOException, InterruptedException {
        if (directory == null) {
            throw new IOException(peer.name() + " cannot be restarted, because the bench did not start it");
        }
        kill();
        target = newTarget(peer);
        launch(directory);
    }

    public Peer peer() {
        return peer;
    }

    public Target target() {
        return target;
    }

    public long pid() {
        return pid;
    }

    /** The time from its start to its first response. */
    public long readyNanos() {
        return readyNanos;
    }

    public long residentBytes() throws IOException {
        return pid == 0 ? 0 : ProcessSample.of(pid).residentBytes();
    }

    /** The highest resident memory since its start. */
    public long residentBytesMax() throws IOException {
        return pid == 0 ? 0 : ProcessSample.of(pid).residentBytesMax();
    }

    /** Closes servers, each even if another one's directory cannot be deleted. */
    public static void closeAll(List<RunningPeer> peers) throws IOException {
        IOException failure = null;
        for (RunningPeer peer : peers) {
            try {
                peer.close();
            } catch (IOException e) {
                failure = e;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    private void kill() {
        if (started != null) {
            started.process().destroyForcibly().onExit().join();
            Runtime.getRuntime().removeShutdownHook(started.killAtExit());
            started = null;
        }
    }

    @Override
    public void close() throws IOException {
        kill();
        if (directory != null) {
            Files.deleteIfExists(log(directory));
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
