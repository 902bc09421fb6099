package io.streamkeeper.bench.load;

/** Receives the state of a run every second, on the run's loop. */
public interface Progress {
    /** Ignores the reports. */
    Progress NONE = (measurement, nowNanos) -> {};

    void report(Measurement measurement, long nowNanos);
}
