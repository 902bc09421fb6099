package io.streamkeeper.server;

import io.netty.buffer.Unpooled;
import io.streamkeeper.protocol.JsonMessages;
import io.streamkeeper.protocol.JsonSplitter;

/**
 * Computes where the messages of a batch end in their stream, which stores them with a comma after each and nothing
 * else between them.
 */
final class StoredMessages {
    private StoredMessages() {}

    /**
     * Returns the position after each message of {@code array}; the last of them is {@code end}.
     *
     * @param array the messages as one JSON array, at least one
     */
    static long[] ends(byte[] array, long end) {
        JsonMessages found =
                JsonSplitter.ofReads().split(Unpooled.wrappedBuffer(array)).messages();
        if (found == null) {
            throw new IllegalArgumentException("the messages of a batch are no JSON array");
        }
        // The bracket before the first message shifts each end by one byte, as the comma after the message does in the
        // stream.
        long start = end - (array.length - 1);
        long[] ends = new long[found.count()];
        for (int i = 0; i < ends.length; i++) {
            ends[i] = start + found.end(i);
        }
        return ends;
    }
}
