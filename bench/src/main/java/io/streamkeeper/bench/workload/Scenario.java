package io.streamkeeper.bench.workload;

import io.streamkeeper.bench.load.Measurement;
import java.io.IOException;

/** A workload on one server. Used by one thread. */
public interface Scenario extends AutoCloseable {
    /** Creates the streams that the workload needs. */
    void prepare() throws IOException, InterruptedException;

    /**
     * Runs the workload for {@code nanos}.
     *
     * @param measurement records the result
     * @return the measurement
     */
    Measurement run(Measurement measurement, long nanos) throws IOException, InterruptedException;

    /** The plural of the name of an operation, such as {@code appends}. */
    String operations();

    @Override
    void close();
}
