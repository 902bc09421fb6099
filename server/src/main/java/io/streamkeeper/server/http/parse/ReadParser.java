package io.streamkeeper.server.http.parse;

import io.streamkeeper.protocol.Command;
import io.streamkeeper.protocol.Cursor;
import io.streamkeeper.protocol.Digits;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.LiveMode;
import io.streamkeeper.protocol.Offset;
import io.streamkeeper.protocol.Quoted;
import io.streamkeeper.protocol.ReadRange;
import io.streamkeeper.protocol.ReadStart;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.server.http.decode.Octets;
import io.streamkeeper.server.http.request.HeaderName;
import io.streamkeeper.server.http.request.HttpRequest;
import org.jspecify.annotations.Nullable;

/** Creates a {@link Command.Read} from a GET (sections 5.6 to 5.8 and 8). */
final class ReadParser {
    private static final long SERVERS_TIMEOUT = -1;

    /** A number with more digits is replaced by this many nines: no server waits as long. */
    private static final int SECONDS_DIGITS_MAX = 12;

    private static final int FRACTION_DIGITS_MAX = 3;

    private ReadParser() {}

    /**
     * Reads the request's query and its {@code Last-Event-ID}.
     *
     * @throws RefusedException if a parameter is not valid or occurs twice
     */
    static Command.Read parse(HttpRequest request, StreamPath path) {
        QueryParameters query = QueryParameters.parse(request.query());
        LiveMode live = live(query.live());
        RangeParameters limits = query.range();
        ReadRange range = limits == null ? null : limits.range(live);
        ReadStart start = query.offset() == null ? null : ReadStart.parse(query.offset());
        ReadStart searched = limits == null ? null : limits.start(query.offset());
        if (searched != null) {
            start = searched;
        }
        String lastEventId = live == LiveMode.SSE ? lastEventId(request, query) : null;
        if (lastEventId != null) {
            start = new ReadStart.At(Offset.parse(lastEventId));
        }
        if (start == null && live != LiveMode.NONE) {
            throw new RefusedException(
                    ErrorCode.INVALID_PARAMETER, "parameter offset is missing; expected it with a live read");
        }
        return new Command.Read(
                path,
                start == null ? defaultStart(range) : start,
                live,
                timeoutMillis(query.timeout()),
                Cursor.check(query.cursor()),
                range);
    }

    /** A page that ends at its start is the last one; any other read begins at the beginning. */
    private static ReadStart defaultStart(@Nullable ReadRange range) {
        return range != null && range.backward() ? new ReadStart.Now() : new ReadStart.Beginning();
    }

    /**
     * The last event that the client received, after which it continues; null if it received none. A client that cannot
     * set a field sends a parameter instead.
     */
    private static @Nullable String lastEventId(HttpRequest request, QueryParameters query) {
        String field = request.header(HeaderName.LAST_EVENT_ID);
        String id = field == null || field.isEmpty() ? query.lastEventId() : field;
        return id == null || id.isEmpty() ? null : id;
    }

    private static LiveMode live(@Nullable String text) {
        if (text == null) {
            return LiveMode.NONE;
        }
        return switch (text) {
            case "long-poll", "true" -> LiveMode.LONG_POLL;
            case "sse" -> LiveMode.SSE;
            default ->
                throw new RefusedException(
                        ErrorCode.INVALID_PARAMETER,
                        "parameter live " + Quoted.of(text) + " is not valid; expected long-poll or sse");
        };
    }

    private static long timeoutMillis(@Nullable String text) {
        if (text == null) {
            return SERVERS_TIMEOUT;
        }
        int point = text.indexOf('.');
        String seconds = point < 0 ? text : text.substring(0, point);
        String fraction = point < 0 ? "0" : text.substring(point + 1);
        if (!isNumber(seconds) || !isNumber(fraction) || fraction.length() > FRACTION_DIGITS_MAX) {
            throw new RefusedException(
                    ErrorCode.INVALID_PARAMETER,
                    "parameter timeout " + Quoted.of(text)
                            + " is not valid; expected seconds in decimal digits, with at most " + FRACTION_DIGITS_MAX
                            + " of them after a point");
        }
        String bounded = seconds.length() > SECONDS_DIGITS_MAX ? "9".repeat(SECONDS_DIGITS_MAX) : seconds;
        String millis = fraction + "0".repeat(FRACTION_DIGITS_MAX - fraction.length());
        return Digits.toLong(bounded) * 1000 + Digits.toLong(millis);
    }

    private static boolean isNumber(String text) {
        return !text.isEmpty() && text.chars().allMatch(Octets::isDigit);
    }
}
