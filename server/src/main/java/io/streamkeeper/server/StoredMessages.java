package io.streamkeeper.server;

import io.netty.buffer.Unpooled;
import io.streamkeeper.protocol.JsonMessages;
import io.streamkeeper.protocol.JsonSplitter;

/**
 * Where the messages of a batch end in their stream, in which each has a comma after it and nothing else between them.
 */
final class StoredMessages {
    private StoredMessages() {}

    /**
     * The positions after the messages of {@code array}, of which the last one is {@code end}.
     *
     * @param array the messages as one JSON array, at least one
     */
    static long[] ends(byte[] array, long end) {
        JsonMessages found =
                JsonSplitter.ofReads().split(Unpooled.wrappedBuffer(array)).messages();
        if (found == null) {
            throw new IllegalArgumentException("the messages of a batch are no JSON array");
        }
        // The bracket before the first message stands for the comma after the last one.
        long start = end - (array.length - 1);
        long[] ends = new long[found.count()];
        for (int i = 0; i < ends.length; i++) {
            ends[i] = start + found.end(i);
        }
        return ends;
    }
}
