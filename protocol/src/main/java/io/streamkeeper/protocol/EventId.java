package io.streamkeeper.protocol;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;

/** The id of a server-sent event, with which its reader resumes after it. */
public interface EventId {
    /**
     * {@return an id that is a text}
     *
     * @param text in ASCII, without a line end
     */
    static EventId ofAscii(String text) {
        return new EventId() {
            @Override
            public int bytesMax() {
                return text.length();
            }

            @Override
            public void writeTo(ByteBuf out) {
                ByteBufUtil.writeAscii(out, text);
            }
        };
    }

    /** {@return the most bytes that it takes} */
    int bytesMax();

    /**
     * Writes the id, which has no line end.
     *
     * @param out receives it
     */
    void writeTo(ByteBuf out);
}
