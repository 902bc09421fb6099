package io.streamkeeper.bench.process;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The command that starts a server, any number of times.
 *
 * @param flags flags of the server, except the port
 * @param dataDirectory its data directory; null if it stores nothing
 */
public record ServerSetup(
        Path java,
        List<String> jvmOptions,
        Path jar,
        List<String> flags,
        @Nullable Path dataDirectory) {

    /** Whether streams survive a restart. */
    public boolean isDurable() {
        return dataDirectory != null;
    }

    /** The command line; the server chooses a free port. */
    public List<String> command() {
        List<String> command = new ArrayList<>();
        command.add(java.toString());
        command.addAll(jvmOptions);
        command.add("-jar");
        command.add(jar.toString());
        command.add("--port");
        command.add("0");
        command.addAll(flags);
        if (dataDirectory != null) {
            command.add("--data-dir");
            command.add(dataDirectory.toString());
        }
        return command;
    }

    public ServerProcess start() throws IOException, InterruptedException {
        return ServerProcess.start(command());
    }

    /** Disk space of the data directory; 0 without one. */
    public long diskBytes() throws IOException, InterruptedException {
        return dataDirectory == null ? 0 : DiskUsage.of(dataDirectory);
    }
}
