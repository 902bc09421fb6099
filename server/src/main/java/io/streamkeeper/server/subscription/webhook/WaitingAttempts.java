package io.streamkeeper.server.subscription.webhook;

import io.streamkeeper.server.outbound.Destination;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Queue;

/**
 * Callers that wait for room for an attempt, taken from one receiver after the other: a receiver that does not respond
 * delays the wakes of others by one attempt each, however many of its own wait. Safe for use by any thread; the lock is
 * held for a few steps, and only while all room is in use.
 */
final class WaitingAttempts {
    private final Map<Destination, Queue<Runnable>> byDestination = new LinkedHashMap<>();

    /** Adds a caller after the others of its receiver. */
    synchronized void add(Destination receiver, Runnable caller) {
        byDestination.computeIfAbsent(receiver, key -> new ArrayDeque<>(1)).add(caller);
    }

    /**
     * Removes the caller that is next.
     *
     * @throws java.util.NoSuchElementException if none waits
     */
    synchronized Runnable next() {
        Map.Entry<Destination, Queue<Runnable>> first =
                byDestination.entrySet().iterator().next();
        Destination receiver = first.getKey();
        Queue<Runnable> callers = first.getValue();
        Runnable next = callers.remove();
        byDestination.remove(receiver);
        if (!callers.isEmpty()) {
            byDestination.put(receiver, callers);
        }
        return next;
    }
}
