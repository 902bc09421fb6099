package io.streamkeeper.server.http.parse;

import io.streamkeeper.protocol.Digits;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.LiveMode;
import io.streamkeeper.protocol.Offset;
import io.streamkeeper.protocol.Quoted;
import io.streamkeeper.protocol.ReadRange;
import io.streamkeeper.protocol.ReadStart;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.protocol.Rfc3339;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The parameters that limit a read, decoded. Created only for a request that has one of them. */
final class RangeParameters {
    /** A number with more digits is replaced by this many nines: no stream is as long. */
    private static final int DIGITS_MAX = 18;

    private enum Name {
        LIMIT,
        MAX_BYTES,
        UNTIL,
        TAIL,
        TAIL_BYTES,
        SINCE,
        DIRECTION;

        /** As it is written in a query. */
        final String text = name().toLowerCase(Locale.ROOT);

        static @Nullable Name of(String text) {
            return switch (text) {
                case "limit" -> LIMIT;
                case "max_bytes" -> MAX_BYTES;
                case "until" -> UNTIL;
                case "tail" -> TAIL;
                case "tail_bytes" -> TAIL_BYTES;
                case "since" -> SINCE;
                case "direction" -> DIRECTION;
                default -> null;
            };
        }
    }

    private final EnumMap<Name, String> values = new EnumMap<>(Name.class);

    /** Whether a parameter is one of these. */
    static boolean has(String name) {
        return Name.of(name) != null;
    }

    @Nullable
    String get(String name) {
        return values.get(Name.of(name));
    }

    void put(String name, String value) {
        values.put(Name.of(name), value);
    }

    /**
     * Where the read begins, if that is at the last messages or bytes, or at a time; else null.
     *
     * @param offset the parameter of that name, which names another beginning
     * @throws RefusedException if a value is not valid, or there is another beginning
     */
    @Nullable
    ReadStart start(@Nullable String offset) {
        Name found = null;
        for (Name name : List.of(Name.TAIL, Name.TAIL_BYTES, Name.SINCE)) {
            if (values.containsKey(name)) {
                if (found != null) {
                    throw invalid("parameters " + found.text + " and " + name.text
                            + " came together; expected one of them, because both say where the read begins");
                }
                found = name;
            }
        }
        if (found == null) {
            return null;
        }
        if (offset != null) {
            throw invalid("parameter " + found.text + " came with offset " + Quoted.of(offset)
                    + "; expected one of them, because both say where the read begins");
        }
        if (isBackward()) {
            throw invalid("parameter " + found.text
                    + " came with direction=backward; expected limit or max_bytes, and offset, where the page ends");
        }
        return found == Name.SINCE ? since() : new ReadStart.Last(number(Name.TAIL), number(Name.TAIL_BYTES));
    }

    private ReadStart since() {
        String text = values.get(Name.SINCE);
        Long millis = text == null ? null : Rfc3339.millis(text);
        if (millis == null) {
            throw invalid("parameter since " + Quoted.of(String.valueOf(text))
                    + " is not valid; expected a time as RFC 3339 has it, such as 2030-01-31T12:00:00Z");
        }
        return new ReadStart.Since(millis);
    }

    /**
     * The limits; null if the read extends to the tail.
     *
     * @throws RefusedException if a value is not valid, or does not go together with another or with {@code live}
     */
    @Nullable
    ReadRange range(LiveMode live) {
        long messages = number(Name.LIMIT);
        long bytes = number(Name.MAX_BYTES);
        String until = values.get(Name.UNTIL);
        boolean limited = messages > 0 || bytes > 0;
        if (limited && live == LiveMode.SSE) {
            throw invalid("parameter " + (messages > 0 ? Name.LIMIT.text : Name.MAX_BYTES.text)
                    + " came with live=sse; expected it with live=long-poll or without live");
        }
        boolean backward = isBackward();
        if (backward) {
            checkPage(live, limited, until);
        }
        return limited || until != null
                ? new ReadRange(messages, bytes, until == null ? null : Offset.parse(until), backward)
                : null;
    }

    private boolean isBackward() {
        String direction = values.get(Name.DIRECTION);
        if (direction == null || direction.equals("forward")) {
            return false;
        }
        if (!direction.equals("backward")) {
            throw invalid(
                    "parameter direction " + Quoted.of(direction) + " is not valid; expected forward or backward");
        }
        return true;
    }

    private static void checkPage(LiveMode live, boolean limited, @Nullable String until) {
        if (live != LiveMode.NONE) {
            throw invalid("parameter direction=backward came with live; expected it without, because a page ends");
        }
        if (until != null) {
            throw invalid("parameter direction=backward came with until; expected offset, where the page ends");
        }
        if (!limited) {
            throw invalid("parameter direction=backward came without limit and max_bytes; expected one of them");
        }
    }

    /** The value of a number that is 1 or more; {@link ReadRange#NONE} if it is absent. */
    private long number(Name name) {
        String text = values.get(name);
        if (text == null) {
            return ReadRange.NONE;
        }
        long number = Digits.are(text) ? number(text) : 0;
        if (number == 0) {
            throw invalid(
                    "parameter " + name.text + " " + Quoted.of(text) + " is not valid; expected a number from 1 on");
        }
        return number;
    }

    private static long number(String digits) {
        int first = 0;
        while (first < digits.length() - 1 && digits.charAt(first) == '0') {
            first++;
        }
        String significant = digits.substring(first);
        return Digits.toLong(significant.length() > DIGITS_MAX ? "9".repeat(DIGITS_MAX) : significant);
    }

    private static RefusedException invalid(String message) {
        return new RefusedException(ErrorCode.INVALID_PARAMETER, message);
    }
}
