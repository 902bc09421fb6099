package io.streamkeeper.server.http;

import io.streamkeeper.server.http.parse.RequestParser;
import io.streamkeeper.server.http.respond.ResponseWriter;
import io.streamkeeper.server.metrics.LoopCounters;
import io.streamkeeper.server.metrics.TrafficCounter;
import io.streamkeeper.server.shard.TurnQueue;

/**
 * What the connections of one event loop share. Owned by that loop.
 *
 * @param parser makes intents of requests
 * @param writer makes responses of outcomes
 * @param turns the loop's work that may be long
 * @param flushes the connections with something to flush
 * @param counters what the loop counts
 * @param traffic counts the bytes of its connections
 */
record LoopContext(
        RequestParser parser,
        ResponseWriter writer,
        TurnQueue turns,
        FlushQueue flushes,
        LoopCounters counters,
        TrafficCounter traffic) {}
