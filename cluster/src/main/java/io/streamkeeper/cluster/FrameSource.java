package io.streamkeeper.cluster;

import java.io.IOException;
import java.nio.ByteBuffer;

/** A log of which the frames can be read from files, while no Raft server runs. Used by one thread. */
public interface FrameSource {
    /** Takes the frames of the log in their order. */
    interface Visitor {
        /**
         * A frame, which is as committed as the end of the log that is read.
         *
         * @param from index of the first entry after the frame before it
         * @param at the place of its last part
         * @param frame the bytes, read-only; valid until the method returns
         */
        void frame(long from, LogPosition at, ByteBuffer frame) throws IOException;
    }

    /**
     * Reads the frames up to the end.
     *
     * @param firstIndex entries before it are not read; a frame that has a part before it is left out
     * @throws IOException if the log cannot be read
     */
    void replay(long firstIndex, Visitor visitor) throws IOException;
}
