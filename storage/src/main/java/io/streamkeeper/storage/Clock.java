package io.streamkeeper.storage;

/** What time it is: a seam, so that tests and the simulation drive it. */
@FunctionalInterface
public interface Clock {
    /** The machine's clock. */
    Clock SYSTEM = System::currentTimeMillis;

    /** Milliseconds since 1970 UTC. */
    long nowMillis();
}
