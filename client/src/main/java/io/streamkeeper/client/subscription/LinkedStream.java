package io.streamkeeper.client.subscription;

/**
 * A stream of a subscription (section 6.1).
 *
 * @param path without percent-encoding
 * @param isExplicit whether it is followed by name; else the pattern matches it
 * @param ackedOffset the offset up to which everything is acknowledged, from which a worker reads
 * @param tailOffset the offset of the end of the stream; that of a server that does not return it is {@code ackedOffset}
 * @param hasPending whether there is something to process
 */
public record LinkedStream(
        String path, boolean isExplicit, String ackedOffset, String tailOffset, boolean hasPending) {}
