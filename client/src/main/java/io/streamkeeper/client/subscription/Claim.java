package io.streamkeeper.client.subscription;

import java.time.Duration;
import java.util.List;

/**
 * The work of a pull-wake subscription, which a worker has until its lease ends (section 7.2).
 *
 * @param subscription the id of the subscription
 * @param wakeId names the wake
 * @param generation grows with each wake of the subscription: a worker with a lower one is late
 * @param token authorises the requests about this wake; a secret
 * @param lease how long the worker has the work; an acknowledgement begins that time again
 * @param streams those with something to process, at most 1,000
 */
public record Claim(
        String subscription, String wakeId, long generation, String token, Duration lease, List<LinkedStream> streams) {
    /**
     * Copies the list.
     *
     * @param subscription the id of the subscription
     * @param wakeId names the wake
     * @param generation grows with each wake of the subscription: a worker with a lower one is late
     * @param token authorises the requests about this wake; a secret
     * @param lease how long the worker has the work; an acknowledgement begins that time again
     * @param streams those with something to process, at most 1,000
     */
    public Claim {
        streams = List.copyOf(streams);
    }

    /** {@return the claim without its token} */
    @Override
    public String toString() {
        return "wake " + wakeId + " of generation " + generation + " of subscription " + subscription;
    }
}
