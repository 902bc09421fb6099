package io.streamkeeper.server.http;

import io.streamkeeper.server.metrics.Operation;
import io.streamkeeper.server.metrics.Wait;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one request has waited for, as far as that is rare enough to be measured for each request. Owned by the
 * connection's loop, except that {@link #begins} and {@link #completed} are called by the loop of the shard, which passes
 * the request back afterwards.
 */
final class RequestWaits {
    private @Nullable Map<Wait, Long> nanos;
    private long beganNanos;
    private long parkedNanos;
    private long completedNanos;

    /** Adds time in which the request waited. */
    void add(Wait wait, long more) {
        if (more > 0) {
            nanos().merge(wait, more, Long::sum);
        }
    }

    private Map<Wait, Long> nanos() {
        Map<Wait, Long> known = nanos;
        if (known == null) {
            known = new EnumMap<>(Wait.class);
            nanos = known;
        }
        return known;
    }

    /** The command begins on the loop of the shard, after it has waited for room in the journal. */
    void begins(long nowNanos, long newParkedNanos) {
        beganNanos = nowNanos;
        parkedNanos = newParkedNanos;
    }

    /** The shard has completed a command that it has begun. */
    void completed(long nowNanos) {
        completedNanos = nowNanos;
    }

    /**
     * All that the request has waited for.
     *
     * @param arrivedNanos when it had arrived as a whole
     * @param answeredNanos when its response begins
     */
    Map<Wait, Long> all(Operation operation, long arrivedNanos, long answeredNanos) {
        if (beganNanos != 0) {
            add(Wait.JOURNAL_ROOM, parkedNanos);
            add(Wait.SHARD_LOOP, beganNanos - arrivedNanos - inDuration());
            if (completedNanos != 0) {
                add(Wait.CONNECTION_LOOP, answeredNanos - completedNanos);
            }
        }
        long rest = answeredNanos - arrivedNanos - inDuration();
        switch (operation) {
            case CREATE, APPEND, CHANGE, DELETE -> add(Wait.JOURNAL, rest);
            case READ, SSE, DESCRIBE, LIST -> add(Wait.READ, rest);
            case LONG_POLL, SUBSCRIPTION, OPTIONS, ROUTE, OTHER -> {}
        }
        return nanos();
    }

    private long inDuration() {
        return nanos().entrySet().stream()
                .filter(wait -> wait.getKey().isInDuration())
                .mapToLong(Map.Entry::getValue)
                .sum();
    }
}
