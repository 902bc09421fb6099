package io.streamkeeper.server.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Known to the parser and to help only: {@link ConfigSources} reads it before the other flags can be parsed. */
final class ConfigOption {
    @SuppressWarnings("UnusedVariable")
    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "Properties file with flags by name, such as: long-poll-timeout = 5s")
    private @Nullable Path config;
}
