package io.streamkeeper.server.subscription.webhook;

import io.streamkeeper.server.subscription.webhook.NameLookup.Lane;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Decides which name is resolved next, so that name servers that do not respond take only a part of the threads. Owned by
 * one loop.
 *
 * <p>A few threads resolve names that are expected to be quick: first those that were quick the last time, then new ones.
 * One that takes long gives its place to the next, and keeps its thread as a slow one. The next time it waits for one of
 * a few threads that resolve such names again. Each of the three queues is bounded.
 *
 * <pre>
 *   waits ──▶ QUICK ──▶ ended
 *     │         └─(takes long, and few are slow)──▶ SLOW ──▶ ended
 *     └─(was slow the last time)────────────────────▲
 * </pre>
 */
final class NameLanes {
    static final int QUICK_MAX = 4;
    static final int SLOW_MAX = 28;

    /** The threads that are needed. */
    static final int THREADS = QUICK_MAX + SLOW_MAX;

    /** Slow ones that were expected to be slow. */
    static final int SLOW_AGAIN_MAX = 8;

    /** Names that wait in one queue. */
    static final int WAITING_MAX = 512;

    /** Names of which it is known how long they took. */
    private static final int KNOWN_MAX = 1_024;

    private final Deque<NameLookup> quickBefore = new ArrayDeque<>();
    private final Deque<NameLookup> unknown = new ArrayDeque<>();
    private final Deque<NameLookup> slowBefore = new ArrayDeque<>();
    private final Map<String, Boolean> wereQuick = new KnownNames();
    private int quick;
    private int slow;

    /** Forgets the name that was used least recently. */
    private static final class KnownNames extends LinkedHashMap<String, Boolean> {
        private static final long serialVersionUID = 1L;

        KnownNames() {
            super(16, 0.75f, true);
        }

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > KNOWN_MAX;
        }
    }

    /** Has a name wait for its turn; returns false if too many do. */
    boolean add(NameLookup lookup) {
        Boolean wasQuick = wereQuick.get(lookup.name());
        Deque<NameLookup> queue = wasQuick == null ? unknown : wasQuick ? quickBefore : slowBefore;
        return queue.size() < WAITING_MAX && queue.add(lookup);
    }

    /** The next name whose resolution begins now; null if it has to wait for the end of another one. */
    @Nullable
    NameLookup begin() {
        if (quick < QUICK_MAX) {
            NameLookup next = quickBefore.isEmpty() ? unknown.poll() : quickBefore.poll();
            if (next != null) {
                quick++;
                next.lane(Lane.QUICK);
                return next;
            }
        }
        NameLookup next = slow < SLOW_AGAIN_MAX ? slowBefore.poll() : null;
        if (next != null) {
            slow++;
            next.lane(Lane.SLOW);
        }
        return next;
    }

    /** A name has taken long: it gives its place to another one, if not too many are slow. */
    void takesLong(NameLookup lookup) {
        if (lookup.lane() == Lane.QUICK && slow < SLOW_MAX) {
            quick--;
            slow++;
            lookup.lane(Lane.SLOW);
        }
    }

    /**
     * A name that was begun is resolved, or has failed.
     *
     * @param wasQuick whether it did not take long
     */
    void end(NameLookup lookup, boolean wasQuick) {
        if (lookup.lane() == Lane.SLOW) {
            slow--;
        } else {
            quick--;
        }
        lookup.lane(Lane.NONE);
        wereQuick.put(lookup.name(), wasQuick);
    }
}
