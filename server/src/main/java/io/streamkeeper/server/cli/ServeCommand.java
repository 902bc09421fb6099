package io.streamkeeper.server.cli;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.core.ConsoleAppender;
import io.streamkeeper.server.config.ServerConfig;
import io.streamkeeper.server.setting.Setting;
import io.streamkeeper.server.setting.SettingValues;
import io.streamkeeper.storage.disk.OpenFiles;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
            return serve(values.get(), environment, out, err);
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

    private static int serve(SettingValues values, Map<String, String> environment, PrintStream out, PrintStream err)
            throws IOException {
        ServerConfig config = ServerConfig.of(values);
        configureLog(values);
        RunningServer server = RunningServer.start(config, out, err);
        SystemdNotice.ready(environment);
        SpareMemory spare = new SpareMemory(new ProcessMemory(), System.nanoTime());
        try {
            while (true) {
                server.serve(SpareMemory.INTERVAL_NANOS);
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
}
