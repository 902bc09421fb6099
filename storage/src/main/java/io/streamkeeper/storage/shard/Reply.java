package io.streamkeeper.storage.shard;

import io.streamkeeper.protocol.Outcome;

/** Takes what came of a command, once, on the shard's loop. */
@FunctionalInterface
public interface Reply {
    /** An outcome that owns a buffer hands it over. */
    void complete(Outcome outcome);

    /** Whether nobody waits for the outcome any more; a command that was not begun need not be then. May be called by any thread. */
    default boolean isAbandoned() {
        return false;
    }
}
