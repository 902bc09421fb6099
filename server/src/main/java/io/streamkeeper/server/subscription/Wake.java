package io.streamkeeper.server.subscription;

import java.util.List;

/**
 * A wake as its worker receives it (sections 7.1 and 7.2). Immutable.
 *
 * @param subscription the id of the subscription
 * @param id unique
 * @param generation grows with each wake of the subscription
 * @param links those with something to acknowledge; at most {@value #LINKS_MAX}
 * @param token authorises requests about this wake
 * @param leaseMillis how long the lease lasts
 */
public record Wake(
        String subscription, String id, long generation, List<StreamLink> links, String token, long leaseMillis) {
    /** The most links that one wake contains; the others are in the next ones. */
    public static final int LINKS_MAX = 1_000;
}
