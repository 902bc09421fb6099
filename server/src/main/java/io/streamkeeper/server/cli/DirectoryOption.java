package io.streamkeeper.server.cli;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Which data directory: one flag, for the server and for the tools, with the same sources. */
final class DirectoryOption {
    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            defaultValue = "./data",
            description = "Directory that streams are kept in; made if it is not there. Default: ${DEFAULT-VALUE}")
    private Path directory = Path.of("data");

    Path directory() {
        return directory;
    }
}
