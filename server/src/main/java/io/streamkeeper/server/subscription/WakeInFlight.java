package io.streamkeeper.server.subscription;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The wake that a subscription has. Immutable.
 *
 * @param id unique
 * @param generation grows with each wake of the subscription
 * @param links the snapshot that a webhook receives; empty for pull-wake
 * @param stream the stream that the message in the wake stream names; null for a webhook
 * @param holder the worker that has claimed it; null for none, and for a webhook
 * @param leaseUntilMillis when the lease ends, in milliseconds since 1970 UTC; 0 without a lease
 * @param accepted whether the receiver of a webhook has accepted it, or a worker has reported about it
 */
record WakeInFlight(
        String id,
        long generation,
        List<WakeLink> links,
        @Nullable String stream,
        @Nullable String holder,
        long leaseUntilMillis,
        boolean accepted) {
    /** Copies the list. */
    WakeInFlight {
        links = List.copyOf(links);
    }

    boolean hasLease() {
        return leaseUntilMillis > 0;
    }

    WakeInFlight claimed(String worker, long untilMillis) {
        return new WakeInFlight(id, generation, links, stream, worker, untilMillis, true);
    }

    WakeInFlight extended(long untilMillis) {
        return new WakeInFlight(id, generation, links, stream, holder, untilMillis, true);
    }

    WakeInFlight acceptedByReceiver() {
        return new WakeInFlight(id, generation, links, stream, holder, leaseUntilMillis, true);
    }
}
