package io.streamkeeper.server.http.parse;

import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Quoted;
import io.streamkeeper.protocol.RefusedException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of a read (sections 5.6 to 5.8), its limits, those of a listing, and the signature of any request, decoded;
 * each is null if it is absent. Others are ignored, so that clients may send parameters of later versions.
 */
record QueryParameters(
        @Nullable String offset,
        @Nullable String live,
        @Nullable String timeout,
        @Nullable String cursor,
        @Nullable String lastEventId,
        @Nullable String signature,
        @Nullable RangeParameters range,
        @Nullable ListParameters list) {
    private static final QueryParameters NONE = new QueryParameters(null, null, null, null, null, null, null, null);

    /**
     * Reads the text after a target's question mark.
     *
     * @throws RefusedException if a parameter that the server knows occurs twice, or its percent-encoding is not valid
     */
    static QueryParameters parse(@Nullable String query) {
        if (query == null || query.isEmpty()) {
            return NONE;
        }
        String offset = null;
        String live = null;
        String timeout = null;
        String cursor = null;
        String lastEventId = null;
        String signature = null;
        RangeParameters range = null;
        ListParameters list = null;
        int start = 0;
        while (start <= query.length()) {
            int end = end(query, start);
            int nameEnd = nameEnd(query, start, end);
            String name = QueryText.name(query.substring(start, nameEnd));
            switch (name) {
                case "offset" -> offset = value(query, name, nameEnd, end, offset);
                case "live" -> live = value(query, name, nameEnd, end, live);
                case "timeout" -> timeout = value(query, name, nameEnd, end, timeout);
                case "cursor" -> cursor = value(query, name, nameEnd, end, cursor);
                case "lastEventId" -> lastEventId = value(query, name, nameEnd, end, lastEventId);
                case "signature" -> signature = value(query, name, nameEnd, end, signature);
                default -> {
                    if (RangeParameters.has(name)) {
                        range = range == null ? new RangeParameters() : range;
                        range.put(name, value(query, name, nameEnd, end, range.get(name)));
                    } else if (ListParameters.has(name)) {
                        list = list == null ? new ListParameters() : list;
                        list.put(name, value(query, name, nameEnd, end, list.get(name)));
                    }
                }
            }
            start = end + 1;
        }
        return new QueryParameters(offset, live, timeout, cursor, lastEventId, signature, range, list);
    }

    /** Whether a query has a parameter; a name that is not valid is none. */
    static boolean has(@Nullable String query, String name) {
        int start = 0;
        while (query != null && start <= query.length()) {
            int end = end(query, start);
            if (name.equals(QueryText.decode(query.substring(start, nameEnd(query, start, end))))) {
                return true;
            }
            start = end + 1;
        }
        return false;
    }

    /**
     * All values of a parameter that may come several times, decoded, in their order.
     *
     * @throws RefusedException if the percent-encoding is not valid
     */
    static List<String> all(@Nullable String query, String name) {
        List<String> values = new ArrayList<>();
        int start = 0;
        while (query != null && start <= query.length()) {
            int end = end(query, start);
            int nameEnd = nameEnd(query, start, end);
            if (QueryText.name(query.substring(start, nameEnd)).equals(name)) {
                values.add(QueryText.value(name, query.substring(Math.min(nameEnd + 1, end), end)));
            }
            start = end + 1;
        }
        return values;
    }

    /** Where the parameter that begins at {@code start} ends. */
    private static int end(String query, int start) {
        int ampersand = query.indexOf('&', start);
        return ampersand < 0 ? query.length() : ampersand;
    }

    private static int nameEnd(String query, int start, int end) {
        int equals = query.indexOf('=', start);
        return equals < 0 || equals > end ? end : equals;
    }

    private static String value(String query, String name, int nameEnd, int end, @Nullable String before) {
        String value = QueryText.value(name, query.substring(Math.min(nameEnd + 1, end), end));
        if (before != null && name.equals("signature")) {
            throw new RefusedException(ErrorCode.INVALID_PARAMETER, "parameter signature came again; expected it once");
        }
        if (before != null) {
            throw new RefusedException(
                    ErrorCode.INVALID_PARAMETER,
                    "parameter " + name + " came again with the value " + Quoted.of(value) + "; expected it once");
        }
        return value;
    }
}
