package io.streamkeeper.storage.record;

import io.streamkeeper.protocol.Producer;

/**
 * What a stream remembers of a producer.
 *
 * @param last its last accepted request
 * @param usedMillis when that was, in milliseconds since 1970 UTC; not earlier than that of a producer that was used
 *     before it
 */
public record KnownProducer(Producer last, long usedMillis) {}
