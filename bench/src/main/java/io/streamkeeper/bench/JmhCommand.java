package io.streamkeeper.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/** Passes its arguments to JMH. */
@Command(name = "jmh", description = "Runs the micro-benchmarks; accepts the arguments of JMH (jmh -h).")
final class JmhCommand implements Callable<Integer> {
    @Unmatched
    private final List<String> arguments = new ArrayList<>();

    /** The arguments for JMH. */
    List<String> arguments() {
        return arguments;
    }

    @Override
    public Integer call() throws IOException {
        List<String> all = new ArrayList<>(arguments);
        if (!all.contains("-prof")) {
            // Report allocations as well as time.
            all.addAll(List.of("-prof", "gc"));
        }
        org.openjdk.jmh.Main.main(all.toArray(new String[0]));
        return 0;
    }
}
