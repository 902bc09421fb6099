package io.streamkeeper.bench;

import io.netty.util.internal.logging.InternalLoggerFactory;
import io.netty.util.internal.logging.JdkLoggerFactory;
import io.streamkeeper.bench.compare.CompareCommand;
import io.streamkeeper.bench.compare.FloorCommand;
import io.streamkeeper.bench.compare.RecoverCommand;
import io.streamkeeper.bench.storage.StorageCommand;
import io.streamkeeper.bench.workload.WorkloadCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/**
 * The benchmarks: {@code jmh} for the parts, {@code storage} for what a store costs, a command for each workload, and
 * {@code compare} for several servers in turn.
 */
@Command(
        name = "durable-streams-bench",
        mixinStandardHelpOptions = true,
        description = "Measures servers of the Durable Streams protocol.",
        subcommands = {
            JmhCommand.class,
            StorageCommand.class,
            CompareCommand.class,
            RecoverCommand.class,
            FloorCommand.class
        })
public final class Main {
    private Main() {}

    /** Runs a benchmark; exits 0 if it was measured, 1 if it could not be, 2 if the arguments are not valid. */
    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    /** The commands. Netty would look for a logger of which there is none, and say so. */
    static CommandLine commandLine() {
        InternalLoggerFactory.setDefaultFactory(JdkLoggerFactory.INSTANCE);
        CommandLine line = new CommandLine(new Main());
        WorkloadCommand.addTo(line);
        return line.setUsageHelpAutoWidth(true).setExecutionExceptionHandler((failure, failed, parsed) -> {
            line.getErr().println("durable-streams-bench: " + failure.getMessage());
            return failed.getCommandSpec().exitCodeOnExecutionException();
        });
    }
}
