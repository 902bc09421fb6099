package io.streamkeeper.bench.storage;

import io.streamkeeper.bench.load.LoadClient;
import io.streamkeeper.bench.process.ServerOptions;
import io.streamkeeper.bench.process.SizeConverter;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures very many streams: their creation, memory, and appends, and the start of the server with them. */
@Command(
        name = "cardinality",
        mixinStandardHelpOptions = true,
        description =
                "Creates very many streams with one append each, restarts the server, and compares appends to many"
                        + " streams (wide rounds) with appends to few (narrow rounds).")
public final class CardinalityCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private final ServerOptions server = new ServerOptions();

    @Option(names = "--streams", defaultValue = "1000000", description = "Number of streams. Default: ${DEFAULT-VALUE}")
    private int streams;

    @Option(
            names = "--connections",
            defaultValue = "64",
            description = "Number of connections. Default: ${DEFAULT-VALUE}")
    private int connections;

    @Option(
            names = "--append-bytes",
            defaultValue = "100",
            converter = SizeConverter.class,
            description = "Bytes of an append. Default: ${DEFAULT-VALUE}")
    private long appendBytes;

    @Option(names = "--create-with-body", description = "Send the first append as the body of the create.")
    private boolean createsWithBody;

    @Option(
            names = "--rounds",
            defaultValue = "5",
            description = "Number of wide and of narrow rounds. Default: ${DEFAULT-VALUE}")
    private int rounds;

    @Option(
            names = "--round-seconds",
            defaultValue = "5",
            description = "Length of a round in seconds. Default: ${DEFAULT-VALUE}")
    private int roundSeconds;

    @Option(
            names = "--wide",
            defaultValue = "100000",
            description = "Number of streams in wide rounds. Default: ${DEFAULT-VALUE}")
    private int wide;

    @Option(
            names = "--narrow",
            defaultValue = "100",
            description = "Number of streams in narrow rounds. Default: ${DEFAULT-VALUE}")
    private int narrow;

    @Option(
            names = "--phase-limit",
            defaultValue = "900",
            description = "Longest time of one phase of the fill, in seconds. Default: ${DEFAULT-VALUE}")
    private int phaseSecondsMax;

    @Override
    public Integer call() throws IOException, InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        CardinalityConfig config = new CardinalityConfig(
                streams, (int) appendBytes, createsWithBody, rounds, roundSeconds, wide, narrow, phaseSecondsMax);
        return Scenario.execute(server, out, (setup, report) -> {
            try (LoadClient client = new LoadClient(connections)) {
                new CardinalityRun(config, setup, client, report).run();
            }
        });
    }
}
