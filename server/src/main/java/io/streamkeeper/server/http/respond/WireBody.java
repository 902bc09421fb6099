package io.streamkeeper.server.http.respond;

import io.netty.buffer.ByteBuf;
import io.streamkeeper.protocol.Outcome;

/**
 * The body of a catch-up or long-poll response as it goes out: for JSON the stored messages as one array (section
 * 9.1.5), else the stored bytes.
 *
 * @param stored the stored bytes, for JSON without the last comma; owned by the body
 * @param isArray whether brackets go around them
 */
record WireBody(ByteBuf stored, boolean isArray) {

    /** The body of a chunk; takes over the bytes of the chunk. */
    static WireBody of(Outcome.Chunk chunk) {
        ByteBuf bytes = chunk.bytes();
        boolean isArray = chunk.contentType().isJson();
        if (isArray && bytes.isReadable()) {
            bytes.writerIndex(bytes.writerIndex() - 1);
        }
        return new WireBody(bytes, isArray);
    }

    /** A body that is complete as it is. */
    static WireBody of(ByteBuf bytes) {
        return new WireBody(bytes, false);
    }

    int length() {
        return stored.readableBytes() + (isArray ? 2 : 0);
    }
}
