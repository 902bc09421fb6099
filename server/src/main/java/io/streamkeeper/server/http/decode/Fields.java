package io.streamkeeper.server.http.decode;

import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Quoted;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.server.http.request.HeaderName;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The places of the known fields' values within the bytes of a head. Only present fields take memory, because a head has
 * few of them. Further lines of a list are kept separately. A value becomes a {@code String} only when it is read.
 */
public final class Fields {
    /** The numbers of a field in {@link #places}: the slot of its name, and the start and the end of its value. */
    private static final int NUMBERS = 3;

    /** Enough for the fields of most heads. */
    private static final int FIELDS_EXPECTED = 5;

    private int[] places = new int[NUMBERS * FIELDS_EXPECTED];

    /** The used part of {@link #places}. */
    private int used;

    /** A bit for the slot of each present field. */
    private long present;

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
        if (!has(name)) {
            add(name.slot(), start, end);
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

    private void add(int slot, int start, int end) {
        if (used == places.length) {
            places = Arrays.copyOf(places, 2 * used);
        }
        places[used] = slot;
        places[used + 1] = start;
        places[used + 2] = end;
        used += NUMBERS;
        present |= 1L << slot;
    }

    /** The index in {@link #places} of a field that is present. */
    private int index(HeaderName name) {
        int index = 0;
        while (places[index] != name.slot()) {
            index += NUMBERS;
        }
        return index;
    }

    private boolean mayRepeat(HeaderName name, byte[] bytes, int start, int end) {
        return name == HeaderName.STREAM_CLOSED
                && Octets.text(bytes, start(name), end(name)).equalsIgnoreCase(Octets.text(bytes, start, end));
    }

    boolean has(HeaderName name) {
        return (present & 1L << name.slot()) != 0;
    }

    /** Where the value of the first line begins, for a field that is present. */
    int start(HeaderName name) {
        return places[index(name) + 1];
    }

    /** Where the value of the first line ends, for a field that is present. */
    int end(HeaderName name) {
        return places[index(name) + 2];
    }

    /** Whether the field is present in one line whose value, within {@code bytes}, is {@code value}. */
    boolean isValue(HeaderName name, byte[] bytes, byte[] value) {
        if (!has(name) || furtherLines != null) {
            return false;
        }
        int start = start(name);
        return end(name) - start == value.length && Octets.isSame(bytes, start, value);
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
