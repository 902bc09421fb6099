package io.streamkeeper.server.http.parse;

import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Quoted;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.server.http.decode.Octets;
import java.nio.charset.StandardCharsets;
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
            int ampersand = query.indexOf('&', start);
            int end = ampersand < 0 ? query.length() : ampersand;
            int equals = query.indexOf('=', start);
            int nameEnd = equals < 0 || equals > end ? end : equals;
            String name = decode(query, start, nameEnd);
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

    /** All values of a parameter that may come several times, decoded, in their order. */
    static List<String> all(@Nullable String query, String name) {
        List<String> values = new ArrayList<>();
        int start = 0;
        while (query != null && start <= query.length()) {
            int ampersand = query.indexOf('&', start);
            int end = ampersand < 0 ? query.length() : ampersand;
            int equals = query.indexOf('=', start);
            int nameEnd = equals < 0 || equals > end ? end : equals;
            if (decode(query, start, nameEnd).equals(name)) {
                values.add(decode(query, Math.min(nameEnd + 1, end), end));
            }
            start = end + 1;
        }
        return values;
    }

    private static String value(String query, String name, int nameEnd, int end, @Nullable String before) {
        String value = decode(query, Math.min(nameEnd + 1, end), end);
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

    private static String decode(String query, int start, int end) {
        for (int i = start; i < end; i++) {
            char c = query.charAt(i);
            if (c == '%' || c == '+') {
                return decodeFrom(query, start, end);
            }
        }
        return query.substring(start, end);
    }

    private static String decodeFrom(String query, int start, int end) {
        byte[] bytes = new byte[end - start];
        int count = 0;
        for (int i = start; i < end; i++) {
            char c = query.charAt(i);
            if (c == '%') {
                bytes[count++] = (byte) decodedByte(query, i, end);
                i += 2;
            } else {
                bytes[count++] = (byte) (c == '+' ? ' ' : c);
            }
        }
        return new String(bytes, 0, count, StandardCharsets.UTF_8);
    }

    private static int decodedByte(String query, int percent, int end) {
        int high = percent + 2 < end ? Octets.hexDigit(query.charAt(percent + 1)) : -1;
        int low = percent + 2 < end ? Octets.hexDigit(query.charAt(percent + 2)) : -1;
        if (high < 0 || low < 0) {
            throw new RefusedException(
                    ErrorCode.INVALID_PARAMETER,
                    "the query has a percent sign without two hex digits after it; expected percent-encoded UTF-8");
        }
        return high << 4 | low;
    }
}
