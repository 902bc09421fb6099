package io.streamkeeper.storage.record;

import io.streamkeeper.protocol.Producer;

/**
 * What a stream remembers of a producer.
 *
 * @param last its last accepted request
 * @param usedMillis when that was, in milliseconds since 1970 UTC; never before that of a producer that was used earlier
 */
public record KnownProducer(Producer last, long usedMillis) {}
