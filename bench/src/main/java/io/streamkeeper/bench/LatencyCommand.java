package io.streamkeeper.bench;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** X. */
@Command(name = "latency")
final class LatencyCommand implements Callable<Integer> {
    @Override
    public Integer call() {
        return 0;
    }
}
