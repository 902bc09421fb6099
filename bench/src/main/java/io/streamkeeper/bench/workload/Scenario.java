package io.streamkeeper.bench.workload;

import io.streamkeeper.bench.load.Measurement;
import java.io.IOException;
import java.util.List;

/** A workload on one server. Used by one thread. */
public interface Scenario extends AutoCloseable {
    /** Creates the streams that the workload needs. */
    void prepare() throws IOException, InterruptedException;

    /** Creates the streams that one run needs, if each run has its own; called before each run, and not measured. */
    default void renew() throws IOException, InterruptedException {}

    /**
     * Runs the workload for {@code nanos}.
     *
     * @param measurement records the result
     * @return the measurement
     */
    Measurement run(Measurement measurement, long nanos) throws IOException, InterruptedException;

    /** The plural of the name of an operation, such as {@code appends}. */
    String operations();

    /** What the latest run measured besides the operations of its measurement. */
    default List<Part> parts() {
        return List.of();
    }

    /** The number of messages of the latest run that did not arrive at a reader. */
    default long missing() {
        return 0;
    }

    @Override
    void close();
}
