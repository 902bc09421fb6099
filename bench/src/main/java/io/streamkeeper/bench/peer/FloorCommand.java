package io.streamkeeper.bench.peer;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs a {@link FloorServer} until the process is killed. */
@Command(
        name = "floor",
        mixinStandardHelpOptions = true,
        description = "Runs a server that responds at once and stores nothing: the baseline of comparisons.")
public final class FloorCommand implements Callable<Integer> {
    @Option(names = "--port", required = true, description = "The port on the loopback interface.")
    private int port;

    @Override
    public Integer call() throws IOException, InterruptedException {
        try (FloorServer server = FloorServer.start(port)) {
            server.await();
        }
        return 0;
    }
}
