package io.streamkeeper.server.http.decode;

import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Quoted;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.server.http.request.HeaderName;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The places of the known fields' values within the bytes of a head: a start and an end for each {@link HeaderName},
 * both zero for an absent field. Further lines of a list are kept separately. A value becomes a {@code String} only
 * when it is read.
 */
public final class Fields {
    private final int[] bounds = new int[2 * HeaderName.COUNT];

    /** Any line of a list but the first. */
    private record Line(HeaderName name, int start, int end) {}

    /** Null if no list has a second line, as in nearly all heads. */
    private @Nullable List<Line> furtherLines;

    /**
     * Records that {@code name} has the value {@code bytes[start, end)}.
     *
     * @throws RefusedException with {@link ErrorCode#INVALID_REQUEST} if it had one before, is not a list, and may not
     *     be repeated
     */
    void put(HeaderName name, byte[] bytes, int start, int end) {
        int slot = 2 * name.slot();
        if (bounds[slot] == 0) {
            bounds[slot] = start;
            bounds[slot + 1] = end;
        } else if (name.isList()) {
            furtherLines = furtherLines == null ? new ArrayList<>() : furtherLines;
            furtherLines.add(new Line(name, start, end));
        } else if (!mayRepeat(name, bytes, start, end)) {
            throw new RefusedException(
                    ErrorCode.INVALID_REQUEST,
                    "field " + name.text() + " came again with the value " + Quoted.of(Octets.text(bytes, start, end))
                            + "; expected it once");
        }
    }

    private boolean mayRepeat(HeaderName name, byte[] bytes, int start, int end) {
        return name == HeaderName.STREAM_CLOSED
                && Octets.text(bytes, start(name), end(name)).equalsIgnoreCase(Octets.text(bytes, start, end));
    }

    boolean has(HeaderName name) {
        return bounds[2 * name.slot()] != 0;
    }

    /** Where the value of the first line begins, for a field that is present. */
    int start(HeaderName name) {
        return bounds[2 * name.slot()];
    }

    /** Where the value of the first line ends, for a field that is present. */
    int end(HeaderName name) {
        return bounds[2 * name.slot() + 1];
    }

    /**
     * The value within {@code bytes}, without whitespace around it, the lines of a list joined by commas; null for an
     * absent field.
     */
    @Nullable
    String value(HeaderName name, byte[] bytes) {
        if (!has(name)) {
            return null;
        }
        String first = Octets.text(bytes, start(name), end(name));
        if (furtherLines == null) {
            return first;
        }
        StringBuilder lines = new StringBuilder(first);
        for (Line line : furtherLines) {
            if (line.name() == name) {
                lines.append(", ").append(Octets.text(bytes, line.start(), line.end()));
            }
        }
        return lines.toString();
    }
}
