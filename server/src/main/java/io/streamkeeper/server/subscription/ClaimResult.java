package io.streamkeeper.server.subscription;

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
    record Held(String holder, long generation) implements ClaimResult {}
}
