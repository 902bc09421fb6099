package io.streamkeeper.server.subscription;

import io.streamkeeper.protocol.Quoted;
import io.streamkeeper.protocol.Refusal;

/** The answer to a claim (section 7.2). */
public sealed interface ClaimResult {
    /** The worker holds the lease now. */
    record Claimed(Wake wake) implements ClaimResult {}

    /**
     * Another worker holds the lease.
     *
     * @param holder its name
     * @param generation of its wake
     */
    record Held(String holder, long generation) implements ClaimResult {
        /** The refusal of the claim. */
        public Refusal refusal() {
            return Refusal.claimed(
                    "the worker " + Quoted.of(holder) + " holds the lease; expected to claim when it has ended",
                    new Refusal.Lease(holder, generation));
        }
    }
}
