package io.streamkeeper.server.cli;

import io.streamkeeper.server.cli.remote.HelpFlag;
import io.streamkeeper.server.cli.remote.Suggestions;
import io.streamkeeper.server.setting.Setting;
import io.streamkeeper.server.setting.SettingGroup;
import io.streamkeeper.server.setting.SettingValues;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The flags of the command that serves, and its help. Parses every command line and reports every error in one; {@link
 * PlainFlags} reads the usual ones faster.
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
            "  java -jar durable-streams-server.jar --allow-anonymous --host 0.0.0.0",
            "  DS_LONG_POLL_TIMEOUT=5s java -jar durable-streams-server.jar --config streams.properties",
            "",
            "Other commands, each with --help:",
            "",
            "A flag wins over its environment variable (DS_ and its name, as DS_MAX_BODY), that over the",
            "config file, that over the default. Times: 500ms, 2s, 1m, 12h, 7d. Sizes: 64KiB, 8MB, bytes."
        })
final class ServeFlags {
    @SuppressWarnings("UnusedVariable")
    @Mixin
    private HelpFlag help = new HelpFlag();

    @SuppressWarnings("UnusedVariable")
    @Option(names = "--version", versionHelp = true, description = "Show the version.")
    private boolean version;

    private ServeFlags() {}

    /**
     * Returns the values of flags, environment and file; empty if the help or the version was requested and printed.
     *
     * @throws IllegalArgumentException if the flags are not valid; the message says which and what was expected
     */
    static Optional<SettingValues> parse(
            List<Setting<?>> settings, String[] args, ConfigSources sources, PrintStream out) {
        CommandLine line = commandLine(settings)
                .setDefaultValueProvider(defaults(sources))
                .setOut(new PrintWriter(out, true, StandardCharsets.UTF_8));
        try {
            return CommandLine.printHelpIfRequested(line.parseArgs(args))
                    ? Optional.empty()
                    : Optional.of(values(line, settings));
        } catch (ParameterException e) {
            throw new IllegalArgumentException(problem(e, line) + "; see --help", e);
        }
    }

    private static String problem(ParameterException failure, CommandLine line) {
        if (!(failure instanceof UnmatchedArgumentException unmatched)) {
            return String.valueOf(failure.getMessage());
        }
        String first = unmatched.getUnmatched().get(0);
        return first.startsWith("-")
                ? failure.getMessage()
                        + Suggestions.of(
                                Suggestions.nameOf(first),
                                line.getCommandSpec().optionsMap().keySet())
                : "'" + first + "' is neither a command nor a flag" + Suggestions.of(first, Overview.names());
    }

    /** The parser of the flags, whose help lists them by group. */
    static CommandLine commandLine(List<Setting<?>> settings) {
        CommandLine line = new CommandLine(new ServeFlags())
                .setOverwrittenOptionsAllowed(true)
                .setColorScheme(Help.defaultColorScheme(Help.Ansi.OFF));
        SettingOptions.add(line.getCommandSpec(), settings);
        UsageMessageSpec usage = line.getCommandSpec().usageMessage();
        usage.footer(withTools(usage.footer()));
        line.getHelpSectionMap()
                .put(UsageMessageSpec.SECTION_KEY_OPTION_LIST, sections -> optionsByGroup(sections, settings));
        return line;
    }

    /** Supplies the values of flags that are not on the command line. */
    static IDefaultValueProvider defaults(ConfigSources sources) {
        return argument -> nameOf(argument).map(sources::value).orElse(null);
    }

    private static Optional<String> nameOf(ArgSpec argument) {
        return argument instanceof OptionSpec option && !option.usageHelp() && !option.versionHelp()
                ? Optional.of(option.longestName().substring(2))
                : Optional.empty();
    }

    /** Returns the values of flags, environment and file. */
    private static SettingValues values(CommandLine parsed, List<Setting<?>> settings) {
        return SettingOptions.values(parsed.getCommandSpec(), settings);
    }

    /** Adds the names of the tools to the line of the help that introduces them. */
    private static String[] withTools(String[] footer) {
        return Arrays.stream(footer)
                .map(line -> line.startsWith("Other commands")
                        ? line + " " + String.join(", ", Overview.names()) + "."
                        : line)
                .toArray(String[]::new);
    }

    private static String optionsByGroup(Help help, List<Setting<?>> settings) {
        StringBuilder sections = new StringBuilder();
        for (SettingGroup group : SettingGroup.values()) {
            List<OptionSpec> options = settings.stream()
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
}
