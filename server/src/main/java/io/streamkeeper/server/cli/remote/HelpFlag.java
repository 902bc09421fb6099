package io.streamkeeper.server.cli.remote;

import picocli.CommandLine.Option;

/** The flag that shows the help of a command. */
public final class HelpFlag {
    @SuppressWarnings("UnusedVariable")
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this.")
    private boolean help;
}
