package io.streamkeeper.bench;

import io.netty.util.internal.logging.InternalLoggerFactory;
import io.netty.util.internal.logging.JdkLoggerFactory;
import io.streamkeeper.bench.compare.CompareCommand;
import io.streamkeeper.bench.compare.InterferenceCommand;
import io.streamkeeper.bench.footprint.FootprintCommand;
import io.streamkeeper.bench.footprint.RecoverCommand;
import io.streamkeeper.bench.peer.FloorCommand;
import io.streamkeeper.bench.receiver.ReceiverCommand;
import io.streamkeeper.bench.storage.StorageCommand;
import io.streamkeeper.bench.workload.WorkloadCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/**
 * The entry point of the benchmarks: {@code jmh} runs micro-benchmarks, {@code storage} measures the store of a server
 * that it starts, {@code compare} runs several servers in turn, {@code interference} measures what readers cost writers,
 * {@code footprint} start and memory, {@code recover} a restart, {@code receiver} receives webhooks, and each workload
 * has a command.
 */
@Command(
        name = "durable-streams-bench",
        mixinStandardHelpOptions = true,
        description = "Measures servers of the Durable Streams protocol.",
        subcommands = {
            JmhCommand.class,
            StorageCommand.class,
            CompareCommand.class,
            InterferenceCommand.class,
            FootprintCommand.class,
            RecoverCommand.class,
            FloorCommand.class,
            ReceiverCommand.class
        })
public final class Main {
    private Main() {}

    /** Runs a benchmark; exits with 0 on success, 1 on failure, and 2 if the arguments are not valid. */
    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    /** Creates the commands, and makes Netty use the logging of the JDK. */
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
