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
    /** Segments of the longest pattern: the work for each stream that is created grows with them. */
    static final int SEGMENTS_MAX = 32;

    static final String ONE = "*";
    static final String ANY = "**";

    /** Copies the list. */
    public Glob {
        segments = List.copyOf(segments);
    }

    /**
     * Reads a pattern. Several {@code **} in a row are one.
     *
     * @throws RefusedException if it is not one, or too long, with {@link ErrorCode#SUBSCRIPTION_INVALID}
     */
    public static Glob parse(String text) {
        Glob glob = stored(text);
        if (glob.segments().size() > SEGMENTS_MAX) {
            throw new RefusedException(
                    ErrorCode.SUBSCRIPTION_INVALID,
                    "the pattern " + Quoted.of(text) + " has " + glob.segments().size() + " segments; expected at most "
                            + SEGMENTS_MAX);
        }
        return glob;
    }

    /**
     * Reads a pattern that was stored: an earlier version has stored longer ones.
     *
     * @throws RefusedException if it is not one, with {@link ErrorCode#SUBSCRIPTION_INVALID}
     */
    static Glob stored(String text) {
        List<String> segments = new ArrayList<>();
        for (String segment : text.split("/", -1)) {
            if (!segment.equals(ONE) && !segment.equals(ANY) && segment.contains(ONE)) {
                throw new RefusedException(
                        ErrorCode.SUBSCRIPTION_INVALID,
                        "segment " + Quoted.of(segment) + " of the pattern " + Quoted.of(text)
                                + " has a * beside other characters; expected *, **, or a segment without *");
            }
            if (!segment.equals(ANY)
                    || segments.isEmpty()
                    || !segments.get(segments.size() - 1).equals(ANY)) {
                segments.add(segment);
            }
        }
        return new Glob(segments);
    }

    /** Whether it matches a path; takes at most the product of both lengths in segments. */
    public boolean matches(StreamPath path) {
        String[] names = path.value().split("/", -1);
        int segment = 0;
        int any = -1;
        int anyEnd = 0;
        int at = 0;
        while (at < names.length) {
            if (segment < segments.size() && segments.get(segment).equals(ANY)) {
                any = segment++;
                anyEnd = at;
            } else if (segment < segments.size() && isMatch(segments.get(segment), names[at])) {
                segment++;
                at++;
            } else if (any >= 0) {
                // Only the last ** matters: a longer match of an earlier one cannot help.
                segment = any + 1;
                anyEnd++;
                at = anyEnd;
            } else {
                return false;
            }
        }
        while (segment < segments.size() && segments.get(segment).equals(ANY)) {
            segment++;
        }
        return segment == segments.size();
    }

    private static boolean isMatch(String segment, String name) {
        return segment.equals(ONE) || segment.equals(name);
    }

    /** The text with which each matching path begins: the segments before the first wildcard, without a slash at the end. */
    String literalPrefix() {
        int count = 0;
        while (count < segments.size()
                && !segments.get(count).equals(ONE)
                && !segments.get(count).equals(ANY)) {
            count++;
        }
        return String.join("/", segments.subList(0, count));
    }

    /** The pattern in its normal form. */
    @Override
    public String toString() {
        return String.join("/", segments);
    }
}
