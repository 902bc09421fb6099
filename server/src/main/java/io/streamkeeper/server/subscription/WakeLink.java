package io.streamkeeper.server.subscription;

import io.streamkeeper.protocol.Offset;

/**
 * A stream in the snapshot of a wake. Immutable.
 *
 * @param path the path of the stream
 * @param isExplicit whether it was linked by name
 * @param generation the generation of the stream
 * @param acked as of the wake
 * @param tail as of the wake; what a webhook that is done acknowledges
 */
record WakeLink(String path, boolean isExplicit, long generation, Offset acked, Offset tail) {
    StreamLink link() {
        return new StreamLink(path, isExplicit, acked, tail);
    }

    Cursor cursorAtTail() {
        return new Cursor(path, generation, tail.position());
    }
}
