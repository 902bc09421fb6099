package io.streamkeeper.bench.load;

/** Is told every second how a run is going, on the run's loop. */
public interface Progress {
    /** Nobody wants to know. */
    Progress NONE = (measurement, nowNanos) -> {};

    void tell(Measurement measurement, long nowNanos);
}
