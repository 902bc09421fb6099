package io.streamkeeper.storage.shard;

import io.streamkeeper.protocol.Outcome;

/** Receives the outcome of a command, once, on the shard's loop. */
@FunctionalInterface
public interface Reply {
    /** Receives the outcome; a buffer in it is owned by the receiver. */
    void complete(Outcome outcome);

    /**
     * The command begins on the shard's loop, after it has come from another loop or has waited there.
     *
     * @param parkedNanos how long it has waited for room in the journal
     */
    default void begins(long parkedNanos) {}

    /**
     * Whether no caller waits for the outcome any more, so that the command need not begin. May be called by any
     * thread.
     */
    default boolean isAbandoned() {
        return false;
    }
}
