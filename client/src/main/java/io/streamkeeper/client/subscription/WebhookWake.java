package io.streamkeeper.client.subscription;

import java.net.URI;
import java.util.List;

/**
 * A wake that a receiver of webhooks was sent (section 7.1).
 *
 * @param subscription the id of the subscription
 * @param wakeId names the wake; a repetition of a delivery has the same
 * @param generation grows with each wake of the subscription: a worker with a lower one is late
 * @param streams those with something to process, at most 1,000
 * @param callbackUrl receives the acknowledgements of a receiver that works later
 * @param callbackToken authorises them; a secret
 */
public record WebhookWake(
        String subscription,
        String wakeId,
        long generation,
        List<LinkedStream> streams,
        URI callbackUrl,
        String callbackToken) {
    /**
     * Copies the list.
     *
     * @param subscription the id of the subscription
     * @param wakeId names the wake; a repetition of a delivery has the same
     * @param generation grows with each wake of the subscription: a worker with a lower one is late
     * @param streams those with something to process, at most 1,000
     * @param callbackUrl receives the acknowledgements of a receiver that works later
     * @param callbackToken authorises them; a secret
     */
    public WebhookWake {
        streams = List.copyOf(streams);
    }

    /** {@return the wake without its token} */
    @Override
    public String toString() {
        return "wake " + wakeId + " of generation " + generation + " of subscription " + subscription;
    }
}
