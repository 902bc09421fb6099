package io.streamkeeper.bench.workload;

import io.streamkeeper.bench.load.Measurement;
import java.io.IOException;

/** A workload on one server. Used by one thread. */
public interface Scenario extends AutoCloseable {
    /** Makes the streams that it needs. */
    void prepare() throws IOException, InterruptedException;

    /**
     * Runs for {@code nanos}.
     *
     * @param measurement takes what is found, and is returned
     */
    Measurement run(Measurement measurement, long nanos) throws IOException, InterruptedException;

    /** What one operation is, in the plural: {@code appends}. */
    String operations();

    @Override
    void close();
}
