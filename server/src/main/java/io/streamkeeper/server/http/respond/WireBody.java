package io.streamkeeper.server.http.respond;

import io.netty.buffer.ByteBuf;
import io.streamkeeper.protocol.Outcome;

/**
 * The body of a catch-up or long-poll response as it is sent: for JSON the stored messages as one array (section
 * 9.1.5), else the stored bytes.
 *
 * @param stored the stored bytes, for JSON without the last comma; owned by the body
 * @param isArray whether it is put in brackets
 */
record WireBody(ByteBuf stored, boolean isArray) {

    /** The body of a chunk; owns the bytes of the chunk from then on. */
    static WireBody of(Outcome.Chunk chunk) {
        ByteBuf bytes = chunk.bytes();
        boolean isArray = chunk.contentType().isJson();
        if (isArray && bytes.isReadable()) {
            bytes.writerIndex(bytes.writerIndex() - 1);
        }
        return new WireBody(bytes, isArray);
    }

    /** A body of complete bytes, without brackets. */
    static WireBody of(ByteBuf bytes) {
        return new WireBody(bytes, false);
    }

    int length() {
        return stored.readableBytes() + (isArray ? 2 : 0);
    }
}
