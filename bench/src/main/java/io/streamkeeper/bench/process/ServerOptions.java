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

/** Which server is measured, how it is started, and where results go: the same for every command. */
public final class ServerOptions {
    private static final String MEMORY = "memory";

    @Option(
            names = "--jar",
            paramLabel = "FILE",
            defaultValue = "server/target/durable-streams-server.jar",
            description = "The server. Default: ${DEFAULT-VALUE}")
    private Path jar = Path.of("");

    @Option(names = "--java", paramLabel = "FILE", description = "What runs it. Default: the java that runs this.")
    private @Nullable Path java;

    @Option(names = "--jvm-option", paramLabel = "OPTION", description = "For its JVM, as -Xmx2g; any number of them.")
    private List<String> jvmOptions = new ArrayList<>();

    @Option(
            names = "--server-option",
            paramLabel = "FLAG",
            description = "Any other flag of the server, as --shards=1; any number of them.")
    private List<String> serverOptions = new ArrayList<>();

    @Option(
            names = "--durability",
            paramLabel = "MODE",
            description = "fsync, os or memory. Default: the server's own.")
    private @Nullable String durability;

    @Option(names = "--checkpoint-bytes", paramLabel = "SIZE", description = "Default: the server's own.")
    private @Nullable String checkpointBytes;

    @Option(names = "--segment-bytes", paramLabel = "SIZE", description = "Default: the server's own.")
    private @Nullable String segmentBytes;

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            description = "Where the server keeps its data; must be new or empty, and stays."
                    + " Default: a new one below the working directory, which is deleted at the end.")
    private @Nullable Path dataDirectory;

    @Option(
            names = "--no-store-flags",
            description = "Pass no flag that has to do with files, for a server that knows none.")
    private boolean withoutStore;

    @Option(names = "--json", paramLabel = "FILE", description = "Write the figures there too.")
    private @Nullable Path json;

    private @Nullable Path createdDirectory;

    @Nullable
    public Path json() {
        return json;
    }

    /**
     * The server's command line, with a directory that is empty.
     *
     * @throws IOException if there is no jar, or the directory has something in it
     */
    public ServerSetup setup() throws IOException {
        if (!Files.isReadable(jar)) {
            throw new IOException("there is no server at " + jar + "; expected its jar, see --jar");
        }
        Path runtime = java == null ? Path.of(System.getProperty("java.home"), "bin", "java") : java;
        return new ServerSetup(runtime, jvmOptions, jar, flags(), isInMemory() ? null : directory());
    }

    /** The server's flags but for the port and the data directory. */
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

    /** Deletes what was created for the run. */
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
