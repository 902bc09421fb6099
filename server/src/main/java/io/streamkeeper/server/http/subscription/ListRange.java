package io.streamkeeper.server.http.subscription;

import io.streamkeeper.protocol.Digits;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Quoted;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.server.http.parse.QueryText;
import io.streamkeeper.server.http.request.HttpRequest;
import org.jspecify.annotations.Nullable;

/**
 * Which subscriptions a list has, as the query of the request says.
 *
 * @param after the id after which it begins; null for the first one
 * @param limit how many it has at most
 */
record ListRange(@Nullable String after, int limit) {
    private static final int LIMIT_DEFAULT = 100;
    private static final int LIMIT_MAX = 1_000;

    /**
     * Reads the query; other parameters are ignored.
     *
     * @throws RefusedException if a value is not valid, or comes again
     */
    static ListRange of(HttpRequest request) {
        String after = null;
        String limit = null;
        String query = request.query();
        for (String part : query == null ? new String[0] : query.split("&", -1)) {
            int equals = part.indexOf('=');
            String name = QueryText.name(equals < 0 ? part : part.substring(0, equals));
            String value = equals < 0 ? "" : QueryText.value(name, part.substring(equals + 1));
            if (name.equals("after")) {
                after = once(name, after, value);
            } else if (name.equals("limit")) {
                limit = once(name, limit, value);
            }
        }
        return new ListRange(after, limit == null ? LIMIT_DEFAULT : limit(limit));
    }

    private static String once(String name, @Nullable String before, String value) {
        if (before != null) {
            throw invalid("parameter " + name + " came again; expected it once");
        }
        return value;
    }

    private static int limit(String text) {
        try {
            int limit = Digits.toInt(text);
            if (limit >= 1 && limit <= LIMIT_MAX) {
                return limit;
            }
        } catch (NumberFormatException e) {
            // It is refused below.
        }
        throw invalid("parameter limit is " + Quoted.of(text) + "; expected 1 to " + LIMIT_MAX);
    }

    private static RefusedException invalid(String message) {
        return new RefusedException(ErrorCode.INVALID_PARAMETER, message);
    }
}
