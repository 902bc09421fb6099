package io.streamkeeper.bench.storage;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Measures the cost and the behaviour of storage on a server that it starts. */
@Command(
        name = "storage",
        mixinStandardHelpOptions = true,
        description = "Measures the storage of a server that it starts.",
        subcommands = {CardinalityCommand.class, ChurnCommand.class, LatencyCommand.class, LoadCommand.class})
public final class StorageCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "storage needs a subcommand: "
                        + String.join(", ", spec.subcommands().keySet()));
    }
}
