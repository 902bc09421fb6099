package io.streamkeeper.server.subscription;

import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Quoted;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.protocol.StreamPath;
import java.util.ArrayList;
import java.util.List;

/**
 * A pattern of stream paths: {@code *} is any one segment, {@code **} any number of segments, also none; every other
 * segment is itself (section 6.2). Immutable.
 */
public record Glob(List<String> segments) {
    static final String ONE = "*";
    static final String ANY = "**";

    /** Copies the list. */
    public Glob {
        segments = List.copyOf(segments);
    }

    /**
     * Reads a pattern. Several {@code **} in a row are one.
     *
     * @throws RefusedException if it is not one, with {@link ErrorCode#SUBSCRIPTION_INVALID}
     */
    public static Glob parse(String text) {
        List<String> segments = new ArrayList<>();
        for (String segment : text.split("/", -1)) {
            if (!segment.equals(ONE) && !segment.equals(ANY) && segment.contains(ONE)) {
                throw new RefusedException(
                        ErrorCode.SUBSCRIPTION_INVALID,
                        "segment " + Quoted.of(segment) + " of the pattern " + Quoted.of(text)
                                + " has a * beside other characters; expected *, **, or a segment without *");
            }
            if (!segment.equals(ANY) || segments.isEmpty() || !segments.get(segments.size() - 1).equals(ANY)) {
                segments.add(segment);
            }
        }
        return new Glob(segments);
    }

    /** Whether it matches a path; takes at most the product of both lengths in segments. */
    public boolean matches(StreamPath path) {
        throw new UnsupportedOperationException("not written yet");
    }

    /** The pattern in its normal form. */
    @Override
    public String toString() {
        return String.join("/", segments);
    }
}
