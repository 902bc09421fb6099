package io.streamkeeper.protocol;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The id of an event of a response that follows several streams. A reader that has the last event only, as a browser
 * has, resumes all of them with it if they are few.
 *
 * <pre>
 *   rooms/1@OFFSET                     the stream of the event, and the offset after the event
 *   rooms/1@OFFSET~OFFSET,,OFFSET      and the offsets of all streams, in the order of the request; empty for one of
 *                                      which nothing was read
 * </pre>
 *
 * @param stream the path of the stream
 * @param offset the offset after the event
 * @param all the offsets of all streams; null for an id that does not have them. An element is null for a stream of
 *     which nothing was read
 */
public record StreamsEventId(
        String stream, Offset offset, @Nullable List<@Nullable Offset> all) {
    /** The most streams whose offsets an id has. */
    public static final int STREAMS_MAX = 32;

    private static final char BEFORE_OFFSET = '@';
    private static final char BEFORE_ALL = '~';
    private static final String BETWEEN = ",";

    /**
     * {@return the most bytes of an id without the name of its stream}
     *
     * @param streams how many streams it has offsets of
     */
    public static int offsetsBytes(int streams) {
        return (1 + Offset.TEXT_LENGTH) * (1 + streams);
    }

    /**
     * Parses an id.
     *
     * @param text from a client
     * @return the id
     * @throws RefusedException if it is none, with {@link ErrorCode#INVALID_OFFSET}
     */
    public static StreamsEventId parse(String text) {
        int at = text.lastIndexOf(BEFORE_OFFSET);
        if (at < 0) {
            throw invalid(text);
        }
        String stream = text.substring(0, at);
        int end = text.indexOf(BEFORE_ALL, at);
        if (end < 0) {
            return new StreamsEventId(stream, Offset.parse(text.substring(at + 1)), null);
        }
        List<@Nullable Offset> all = new ArrayList<>();
        for (String offset : text.substring(end + 1).split(BETWEEN, STREAMS_MAX + 1)) {
            all.add(offset.isEmpty() ? null : Offset.parse(offset));
        }
        if (all.size() > STREAMS_MAX) {
            throw invalid(text);
        }
        return new StreamsEventId(stream, Offset.parse(text.substring(at + 1, end)), all);
    }

    private static RefusedException invalid(String text) {
        return new RefusedException(
                ErrorCode.INVALID_OFFSET,
                "the event id " + Quoted.of(text) + " is not valid; expected the path of a stream, an @ and an offset,"
                        + " as in the id of an event");
    }

    /**
     * Writes an id.
     *
     * @param out receives it
     * @param stream the path of the stream, in UTF-8
     * @param offset the offset after the event
     * @param all the offsets of all streams, each null if nothing was read; empty for an id that does not have them
     */
    public static void write(ByteBuf out, byte[] stream, Offset offset, @Nullable Offset[] all) {
        out.writeBytes(stream).writeByte(BEFORE_OFFSET);
        offset.writeTo(out);
        for (int i = 0; i < all.length; i++) {
            out.writeByte(i == 0 ? BEFORE_ALL : BETWEEN.charAt(0));
            if (all[i] != null) {
                all[i].writeTo(out);
            }
        }
    }
}
