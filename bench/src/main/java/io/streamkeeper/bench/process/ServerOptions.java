package io.streamkeeper.bench.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that all commands share: the server, its start, and the file of the results. */
public final class ServerOptions {
    private static final String MEMORY = "memory";

    @Option(
            names = "--jar",
            paramLabel = "FILE",
            defaultValue = "server/target/durable-streams-server.jar",
            description = "Jar of the server. Default: ${DEFAULT-VALUE}")
    private Path jar = Path.of("");

    @Option(
            names = "--java",
            paramLabel = "FILE",
            description = "The java that runs it. Default: the java that runs the bench.")
    private @Nullable Path java;

    @Option(
            names = "--jvm-option",
            paramLabel = "OPTION",
            description = "Option for its JVM, such as -Xmx2g; repeatable.")
    private List<String> jvmOptions = new ArrayList<>();

    @Option(
            names = "--server-option",
            paramLabel = "FLAG",
            description = "Any other flag of the server, such as --shards=1; repeatable.")
    private List<String> serverOptions = new ArrayList<>();

    @Option(
            names = "--durability",
            paramLabel = "MODE",
            description = "Flag of the server: fsync, os or memory. Default: its own.")
    private @Nullable String durability;

    @Option(names = "--checkpoint-bytes", paramLabel = "SIZE", description = "Flag of the server. Default: its own.")
    private @Nullable String checkpointBytes;

    @Option(names = "--segment-bytes", paramLabel = "SIZE", description = "Flag of the server. Default: its own.")
    private @Nullable String segmentBytes;

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            description = "Data directory of the server, which must be new or empty; it is not deleted."
                    + " Default: a new one in the working directory, which is deleted at the end.")
    private @Nullable Path dataDirectory;

    @Option(names = "--no-store-flags", description = "Pass no flag of the store, for a server without one.")
    private boolean withoutStore;

    @Option(names = "--json", paramLabel = "FILE", description = "Write the figures as JSON to this file.")
    private @Nullable Path json;

    private @Nullable Path createdDirectory;

    @Nullable
    public Path json() {
        return json;
    }

    /**
     * Prepares the command line and an empty data directory.
     *
     * @throws IOException if the jar is not readable, or the directory is not empty
     */
    public ServerSetup setup() throws IOException {
        if (!Files.isReadable(jar)) {
            throw new IOException("cannot read " + jar + "; expected the jar of a server, see --jar");
        }
        Path runtime = java == null ? Path.of(System.getProperty("java.home"), "bin", "java") : java;
        return new ServerSetup(runtime, jvmOptions, jar, flags(), isInMemory() ? null : directory());
    }

    /** The server's flags, except the port and the data directory. */
    public List<String> flags() {
        List<String> flags = new ArrayList<>(List.of("--log-level", "info"));
        if (!withoutStore) {
            add(flags, "--durability", durability);
            add(flags, "--checkpoint-bytes", checkpointBytes);
            add(flags, "--segment-bytes", segmentBytes);
        }
        flags.addAll(serverOptions);
        return flags;
    }

    /** Deletes the data directory if {@link #setup} created it. */
    public void cleanUp() throws IOException {
        if (createdDirectory == null) {
            return;
        }
        try (Stream<Path> files = Files.walk(createdDirectory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }

    private boolean isInMemory() {
        return withoutStore || MEMORY.equals(durability);
    }

    private Path directory() throws IOException {
        if (dataDirectory == null) {
            createdDirectory = Files.createTempDirectory(Path.of("").toAbsolutePath(), "bench-data-");
            return createdDirectory;
        }
        Files.createDirectories(dataDirectory);
        try (Stream<Path> files = Files.list(dataDirectory)) {
            if (files.findAny().isPresent()) {
                throw new IOException("--data-dir " + dataDirectory + " has files; expected a new or empty one");
            }
        }
        return dataDirectory;
    }

    private static void add(List<String> flags, String name, @Nullable String value) {
        if (value != null) {
            flags.add(name);
            flags.add(value);
        }
    }
}
