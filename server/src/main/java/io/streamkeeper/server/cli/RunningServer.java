package io.streamkeeper.server.cli;

import io.streamkeeper.server.DurableStreamsServer;
import io.streamkeeper.server.config.ServerConfig;
import java.io.IOException;
import java.io.PrintStream;
import java.util.Locale;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * The server of this process, from its start until a signal. A member of a cluster that has received the state of another
 * one is stopped and started again within the process. Owned by the main thread; a signal stops it on another one.
 */
final class RunningServer {
    private static final int EXIT_FAILED = 1;

    private final ServerConfig config;
    private final PrintStream out;
    private final PrintStream err;
    private final Semaphore restarts = new Semaphore(0);
    private final long beganNanos = System.nanoTime();
    private volatile DurableStreamsServer server;

    private RunningServer(ServerConfig config, PrintStream out, PrintStream err) throws IOException {
        this.config = config;
        this.out = out;
        this.err = err;
        this.server = started();
    }

    /**
     * Starts the server, and prints that it is ready. A signal stops it and ends the process with status 0.
     *
     * @throws IOException if the server does not start
     */
    static RunningServer start(ServerConfig config, PrintStream out, PrintStream err) throws IOException {
        RunningServer running = new RunningServer(config, out, err);
        Runtime.getRuntime().addShutdownHook(new Thread(running::stop, "streamkeeper-stop"));
        return running;
    }

    private DurableStreamsServer started() throws IOException {
        DurableStreamsServer started = DurableStreamsServer.start(config, new LogbackLevels());
        started.whenRestartIsNeeded(restarts::release);
        out.println(String.join(System.lineSeparator(), StartText.lines(started)));
        out.flush();
        return started;
    }

    /** Serves for a time; stops and starts the server if that is needed meanwhile. */
    void serve(long nanos) throws InterruptedException {
        if (restarts.tryAcquire(nanos, TimeUnit.NANOSECONDS)) {
            restart();
        }
    }

    /** If the server does not start again, the process ends with the status of a start that failed. */
    private void restart() {
        out.println("Streamkeeper starts again, with the state of another member of its cluster");
        out.flush();
        server.stop();
        try {
            server = started();
        } catch (IOException | RuntimeException e) {
            ServeCommand.say(err, String.valueOf(e.getMessage()));
            err.flush();
            Runtime.getRuntime().halt(EXIT_FAILED);
        }
    }

    /** Stops the server after a signal, and exits with status 0 instead of the status of the signal. */
    private void stop() {
        long stopNanos = System.nanoTime();
        out.println("Streamkeeper stops on a signal, after " + seconds(stopNanos - beganNanos));
        out.flush();
        server.stop();
        out.println("Streamkeeper has stopped, in " + seconds(System.nanoTime() - stopNanos));
        out.flush();
        Runtime.getRuntime().halt(0);
    }

    private static String seconds(long nanos) {
        return String.format(Locale.ROOT, "%.1f s", nanos * 1e-9);
    }
}
