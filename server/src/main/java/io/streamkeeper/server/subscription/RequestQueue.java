package io.streamkeeper.server.subscription;

import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.storage.shard.Callback;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * The requests to one subscription: one is executed at a time, and may need several turns of the loop; the others wait.
 * Before each of them, the subscription does what is due by itself. Owned by one loop.
 */
final class RequestQueue {
    /** Requests that wait; further ones are refused. */
    private static final int WAITING_MAX = 1_000;

    private record Request(Runnable begin, Callback<?> then) {}

    /** What a subscription does by itself. */
    interface OwnWork {
        /** Begins what is due; returns whether it has begun, and calls {@link #finished} in the end. */
        boolean begin();

        /** Nothing is due now. */
        void rests();
    }

    private final OwnWork own;
    private final Deque<Request> waiting = new ArrayDeque<>();
    private @Nullable Request current;

    /** Whether a request is executed, or work of the subscription. */
    private boolean isBusy = true;

    private boolean isChoosing;
    private @Nullable Refusal ended;

    /** A queue that executes nothing before the first call of {@link #finished}. */
    RequestQueue(OwnWork own) {
        this.own = own;
    }

    /**
     * Executes a request after those that wait.
     *
     * @param begin begins it; {@link #finished} is called when it has ended
     * @param then receives a refusal if it is not begun or does not end
     */
    void add(Callback<?> then, Runnable begin) {
        if (ended != null) {
            then.refuse(ended);
        } else if (waiting.size() >= WAITING_MAX) {
            then.refuse(Refusal.of(
                    ErrorCode.OVERLOADED,
                    WAITING_MAX + " requests wait for the subscription, which is the limit; try again later"));
        } else {
            waiting.add(new Request(begin, then));
            next();
        }
    }

    /** The request that is executed first, without having waited. */
    void starts(Callback<?> then) {
        current = new Request(() -> {}, then);
    }

    /** The request is answered from now on, whatever happens. */
    void answering() {
        current = null;
    }

    /** The request, or the work of the subscription, has ended. */
    void finished() {
        isBusy = false;
        current = null;
        next();
    }

    /** Begins what is next, unless something is executed. */
    void next() {
        if (isChoosing) {
            return;
        }
        isChoosing = true;
        try {
            while (!isBusy && ended == null && beginNext()) {
                // The next one may have ended at once.
            }
        } finally {
            isChoosing = false;
        }
    }

    private boolean beginNext() {
        isBusy = true;
        if (own.begin()) {
            return true;
        }
        current = waiting.poll();
        if (current != null) {
            current.begin().run();
            return true;
        }
        isBusy = false;
        own.rests();
        return false;
    }

    /** Refuses everything, also from now on. */
    void end(Refusal refusal) {
        ended = refusal;
        if (current != null) {
            current.then().refuse(refusal);
            current = null;
        }
        while (!waiting.isEmpty()) {
            waiting.remove().then().refuse(refusal);
        }
    }
}
