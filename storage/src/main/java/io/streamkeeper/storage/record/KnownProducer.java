package io.streamkeeper.storage.record;

import io.streamkeeper.protocol.Producer;

/**
 * The state of a producer that a stream remembers.
 *
 * @param last its last accepted request
 * @param usedMillis the time of that request, in milliseconds since 1970 UTC; not earlier than the time of any producer
 *     that was used before it
 */
public record KnownProducer(Producer last, long usedMillis) {}
