package io.streamkeeper.bench;

import io.netty.util.internal.logging.InternalLoggerFactory;
import io.netty.util.internal.logging.JdkLoggerFactory;
import io.streamkeeper.bench.storage.StorageCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The benchmarks: {@code jmh} for the parts, {@code storage} for a server in a process of its own. */
@Command(
        name = "durable-streams-bench",
        mixinStandardHelpOptions = true,
        description = "Measures Streamkeeper.",
        subcommands = {JmhCommand.class, StorageCommand.class})
public final class Main {
    private Main() {}

    /** Runs a benchmark; exits 0 if it was measured, 1 if it could not be, 2 if the arguments are not valid. */
    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    /** The commands. Netty would look for a logger of which there is none, and say so. */
    static CommandLine commandLine() {
        InternalLoggerFactory.setDefaultFactory(JdkLoggerFactory.INSTANCE);
        return new CommandLine(new Main())
                .setUsageHelpAutoWidth(true)
                .setExecutionExceptionHandler((failure, line, parsed) -> {
                    line.getErr().println("durable-streams-bench: " + failure.getMessage());
                    return line.getCommandSpec().exitCodeOnExecutionException();
                });
    }
}
