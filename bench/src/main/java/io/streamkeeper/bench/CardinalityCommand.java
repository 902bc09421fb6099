package io.streamkeeper.bench;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** X. */
@Command(name = "cardinality")
final class CardinalityCommand implements Callable<Integer> {
    @Override
    public Integer call() {
        return 0;
    }
}
