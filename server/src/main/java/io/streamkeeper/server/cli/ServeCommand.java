package io.streamkeeper.server.cli;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.core.ConsoleAppender;
import io.streamkeeper.server.DurableStreamsServer;
import io.streamkeeper.server.config.ServerConfig;
import io.streamkeeper.server.setting.Setting;
import io.streamkeeper.server.setting.SettingValues;
import io.streamkeeper.storage.disk.OpenFiles;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.LoggerFactory;

/**
 * The command that serves: reads the configuration, starts the server, and stops it when the process receives a signal.
 */
public final class ServeCommand {
    /** The name of this command, which may be omitted. */
    static final String NAME = "serve";

    private static final int EXIT_FAILED = 1;
    private static final int EXIT_USAGE = 2;

    private static final List<Setting<?>> SETTINGS = ProcessSettings.all();

    private ServeCommand() {}

    /**
     * Runs the command until the process ends, or until the server fails to start.
     *
     * @param environment contains the {@code DS_} variables
     * @param out for the ready line, help and the output of tools
     * @param err for errors, one line each
     * @return the exit status
     */
    public static int run(String[] args, Map<String, String> environment, PrintStream out, PrintStream err) {
        if (args.length > 0 && ToolCommand.NAMES.contains(args[0])) {
            return ToolCommand.run(args, environment, out, err);
        }
        if (args.length > 0 && Overview.NAMES.contains(args[0])) {
            return Overview.run(args[0], out, err);
        }
        return serve(
                args.length > 0 && args[0].equals(NAME) ? Arrays.copyOfRange(args, 1, args.length) : args,
                environment,
                out,
                err);
    }

    private static int serve(String[] args, Map<String, String> environment, PrintStream out, PrintStream err) {
        try {
            if (List.of(args).equals(List.of(Rehearsal.NAME))) {
                Rehearsal.run(out);
                return 0;
            }
            ConfigSources sources = ConfigSources.of(SETTINGS, args, environment);
            Optional<SettingValues> values =
                    PlainFlags.read(SETTINGS, args, sources).or(() -> ServeFlags.parse(SETTINGS, args, sources, out));
            if (values.isEmpty()) {
                return 0;
            }
            warn(sources, err);
            return serve(values.get(), environment, out);
        } catch (IllegalArgumentException e) {
            say(err, String.valueOf(e.getMessage()));
            return EXIT_USAGE;
        } catch (IOException | OutOfMemoryError e) {
            say(err, SmallHeap.isCauseOf(e) ? SmallHeap.problem() : String.valueOf(e.getMessage()));
            return EXIT_FAILED;
        } catch (IllegalStateException | UncheckedIOException | LinkageError e) {
            // If few descriptors are left, any file may fail to open, including a library of the JVM.
            if (!OpenFiles.areFew()) {
                throw e;
            }
            say(err, "the server cannot start: " + OpenFiles.problem());
            return EXIT_FAILED;
        }
    }

    /** Warns of variables that have the prefix of settings, but belong to no setting. */
    static void warn(ConfigSources sources, PrintStream err) {
        sources.unknownVariables()
                .forEach(name -> say(err, "warning: the environment variable " + name + " is not one of ours"));
    }

    static void say(PrintStream err, String message) {
        err.println("durable-streams-server: " + message.replaceAll("\\R", " "));
    }

    private static int serve(SettingValues values, Map<String, String> environment, PrintStream out)
            throws IOException {
        ServerConfig config = ServerConfig.of(values);
        configureLog(values);
        start(config, out);
        SystemdNotice.ready(environment);
        CountDownLatch stopped = new CountDownLatch(1);
        SpareMemory spare = new SpareMemory(new ProcessMemory(), System.nanoTime());
        try {
            while (!stopped.await(SpareMemory.INTERVAL_NANOS, TimeUnit.NANOSECONDS)) {
                spare.step(System.nanoTime());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return 0;
    }

    private static void configureLog(SettingValues values) {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            values.get(ProcessSettings.LOG_LEVEL).applyTo(context);
            if (context.getLogger(Logger.ROOT_LOGGER_NAME).getAppender(LogConfigurator.CONSOLE)
                            instanceof ConsoleAppender<?> console
                    && console.getEncoder() instanceof LogLine line) {
                line.format(values.get(ProcessSettings.LOG_FORMAT));
            }
        }
    }

    /** Starts the server, and prints that it is ready. */
    private static void start(ServerConfig config, PrintStream out) throws IOException {
        DurableStreamsServer server = DurableStreamsServer.start(config, new LogbackLevels());
        List<String> lines = StartText.lines(server);
        long beganNanos = System.nanoTime();
        // From now on nothing fails, so the status that the hook exits with is right.
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server, beganNanos, out), "streamkeeper-stop"));
        out.println(String.join(System.lineSeparator(), lines));
        out.flush();
    }

    /** Stops the server after a signal, and exits with status 0 instead of the status of the signal. */
    private static void stop(DurableStreamsServer server, long beganNanos, PrintStream out) {
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
