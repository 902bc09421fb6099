package io.streamkeeper.server.http;

import io.streamkeeper.server.forward.Forwarding;
import io.streamkeeper.server.http.parse.RequestParser;
import io.streamkeeper.server.http.respond.ResponseWriter;
import io.streamkeeper.server.metrics.LoopCounters;
import io.streamkeeper.server.metrics.TrafficCounter;
import io.streamkeeper.server.shard.TurnQueue;
import org.jspecify.annotations.Nullable;

/**
 * State that the connections of one event loop share. Owned by that loop.
 *
 * @param parser turns requests into intents
 * @param writer turns outcomes into responses
 * @param turns the queue for work of the loop that may take long
 * @param flushes the connections with bytes to flush
 * @param counters the loop's counters
 * @param traffic counts the bytes of its connections
 * @param forwarding what a member of a cluster has for each loop; null for any other server
 */
record LoopContext(
        RequestParser parser,
        ResponseWriter writer,
        TurnQueue turns,
        FlushQueue flushes,
        LoopCounters counters,
        TrafficCounter traffic,
        Forwarding.@Nullable OfLoop forwarding) {
    /** What a member of a cluster has for each loop. */
    Forwarding.OfLoop leader() {
        if (forwarding == null) {
            throw new IllegalStateException("the server is no member of a cluster");
        }
        return forwarding;
    }
}
