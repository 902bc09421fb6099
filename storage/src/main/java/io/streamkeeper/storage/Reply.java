package io.streamkeeper.storage;

import io.streamkeeper.protocol.Outcome;

/** Takes what came of a command, once, on the shard's loop. */
@FunctionalInterface
public interface Reply {
    /** An outcome that owns a buffer hands it over. */
    void complete(Outcome outcome);
}
