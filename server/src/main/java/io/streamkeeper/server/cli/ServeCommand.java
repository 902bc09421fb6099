package io.streamkeeper.server.cli;

import ch.qos.logback.classic.Logger;
import io.netty.util.NetUtil;
import io.streamkeeper.server.DurableStreamsServer;
import io.streamkeeper.server.config.ServerConfig;
import io.streamkeeper.server.setting.Setting;
import io.streamkeeper.server.setting.SettingGroup;
import io.streamkeeper.server.setting.SettingValues;
import io.streamkeeper.storage.disk.OpenFiles;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/**
 * The command that serves: reads the configuration, starts the server, and stops it when the process receives a signal.
 */
@Command(
        name = "durable-streams-server",
        versionProvider = ProductVersion.class,
        sortOptions = false,
        usageHelpWidth = 100,
        description = "Serves durable streams over HTTP.",
        synopsisHeading = "Usage: ",
        customSynopsis = "java -jar durable-streams-server.jar [FLAG]...",
        descriptionHeading = "%n",
        optionListHeading = "",
        footerHeading = "%nExamples:%n",
        footer = {
            "  java -jar durable-streams-server.jar --port 4437",
            "  java -jar durable-streams-server.jar --host 0.0.0.0 --cors-origin https://example.com",
            "  DS_LONG_POLL_TIMEOUT=5s java -jar durable-streams-server.jar --config streams.properties",
            "",
            "Other commands, each with --help:",
            "",
            "A flag wins over its environment variable (DS_ and its name, as DS_MAX_BODY), that over the",
            "config file, that over the default. Times: 500ms, 2s, 1m, 12h, 7d. Sizes: 64KiB, 8MB, bytes."
        })
public final class ServeCommand {
    private static final int EXIT_FAILED = 1;
    private static final int EXIT_USAGE = 2;

    private static final List<Setting<?>> SETTINGS = ProcessSettings.all();

    @SuppressWarnings("UnusedVariable")
    @Option(names = "--help", usageHelp = true, description = "Show this.")
    private boolean help;

    @SuppressWarnings("UnusedVariable")
    @Option(names = "--version", versionHelp = true, description = "Show the version.")
    private boolean version;

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
        CommandLine line = commandLine();
        try {
            ConfigSources sources = ConfigSources.of(SETTINGS, args, environment);
            line.setDefaultValueProvider(sources);
            if (CommandLine.printHelpIfRequested(line.setOut(new PrintWriter(out, true, StandardCharsets.UTF_8))
                    .parseArgs(args))) {
                return 0;
            }
            warn(sources, err);
            return serve(values(line), out);
        } catch (ParameterException | IllegalArgumentException e) {
            say(err, e.getMessage() + (e instanceof ParameterException ? "; see --help" : ""));
            return EXIT_USAGE;
        } catch (IOException | OutOfMemoryError e) {
            say(err, SmallHeap.isCauseOf(e) ? SmallHeap.problem() : String.valueOf(e.getMessage()));
            return EXIT_FAILED;
        }
    }

    /** Adds the names of the tools to the line of the help that introduces them. */
    private static String[] withTools(String[] footer) {
        return Arrays.stream(footer)
                .map(line -> line.startsWith("Other commands")
                        ? line + " " + String.join(", ", ToolCommand.NAMES) + "."
                        : line)
                .toArray(String[]::new);
    }

    /** The parser of the flags, whose help lists them by group. */
    static CommandLine commandLine() {
        CommandLine line = new CommandLine(new ServeCommand())
                .setOverwrittenOptionsAllowed(true)
                .setColorScheme(Help.defaultColorScheme(Help.Ansi.OFF));
        SettingOptions.add(line.getCommandSpec(), SETTINGS);
        UsageMessageSpec usage = line.getCommandSpec().usageMessage();
        usage.footer(withTools(usage.footer()));
        line.getHelpSectionMap().put(UsageMessageSpec.SECTION_KEY_OPTION_LIST, ServeCommand::optionsByGroup);
        return line;
    }

    /** Returns the values of flags, environment and file. */
    static SettingValues values(CommandLine parsed) {
        return SettingOptions.values(parsed.getCommandSpec(), SETTINGS);
    }

    private static String optionsByGroup(Help help) {
        StringBuilder sections = new StringBuilder();
        for (SettingGroup group : SettingGroup.values()) {
            List<OptionSpec> options = SETTINGS.stream()
                    .filter(setting -> setting.group() == group)
                    .map(setting -> help.commandSpec().findOption(setting.name()))
                    .toList();
            sections.append(System.lineSeparator())
                    .append(group.heading())
                    .append(':')
                    .append(System.lineSeparator())
                    .append(help.optionListExcludingGroups(options));
        }
        return sections.toString();
    }

    /** Warns of variables that have the prefix of settings, but belong to no setting. */
    static void warn(ConfigSources sources, PrintStream err) {
        sources.unknownVariables()
                .forEach(name -> say(err, "warning: the environment variable " + name + " is not one of ours"));
    }

    static void say(PrintStream err, String message) {
        err.println("durable-streams-server: " + message.replaceAll("\\R", " "));
    }

    private static int serve(SettingValues values, PrintStream out) throws IOException {
        ServerConfig config = ServerConfig.of(values);
        if (LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME) instanceof Logger root) {
            root.setLevel(values.get(ProcessSettings.LOG_LEVEL));
        }
        DurableStreamsServer server = start(config);
        CountDownLatch stopped = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server), "streamkeeper-stop"));
        out.println("Streamkeeper " + ProductVersion.text() + " is ready on " + server.url());
        server.adminAddress()
                .ifPresent(address ->
                        out.println("Administration is on http://" + NetUtil.toSocketAddressString(address) + "/"));
        out.println("Memory: " + server.limits());
        out.flush();
        try {
            stopped.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return 0;
    }

    /** Starts the server. If few descriptors are left, any file may fail to open, including a library of the JVM. */
    private static DurableStreamsServer start(ServerConfig config) throws IOException {
        try {
            return DurableStreamsServer.start(config);
        } catch (IllegalStateException | UncheckedIOException | LinkageError e) {
            if (OpenFiles.areFew()) {
                throw new IOException("the server cannot start: " + OpenFiles.problem(), e);
            }
            throw e;
        }
    }

    /** Stops the server after a signal, and exits with status 0 instead of the status of the signal. */
    private static void stop(DurableStreamsServer server) {
        server.stop();
        Runtime.getRuntime().halt(0);
    }
}
