package io.streamkeeper.server.http;

/**
 * What the connections of one event loop share. Owned by that loop.
 *
 * @param parser makes intents of requests
 * @param writer makes responses of outcomes
 * @param flushes the connections with something to flush
 */
record LoopContext(RequestParser parser, ResponseWriter writer, FlushQueue flushes) {}
