package io.streamkeeper.bench.process;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the server is started, as often as need be.
 *
 * @param flags the server's own, but for the port
 * @param dataDirectory where it keeps its data; null if it keeps none
 */
public record ServerSetup(
        Path java,
        List<String> jvmOptions,
        Path jar,
        List<String> flags,
        @Nullable Path dataDirectory) {

    /** Whether streams are still there after a restart. */
    public boolean isDurable() {
        return dataDirectory != null;
    }

    /** The command line; the port is any that is free. */
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

    /** What the data takes on disk; 0 if there is none. */
    public long diskBytes() throws IOException, InterruptedException {
        return dataDirectory == null ? 0 : DiskUsage.of(dataDirectory);
    }
}
