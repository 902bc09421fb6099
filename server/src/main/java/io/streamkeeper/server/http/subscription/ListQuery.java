package io.streamkeeper.server.http.subscription;

import io.streamkeeper.protocol.Digits;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Quoted;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.server.http.parse.QueryText;
import io.streamkeeper.server.http.request.HttpRequest;
import io.streamkeeper.server.subscription.LinkRange;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which subscriptions a list has, or which links of a subscription, as the query of the request says. Immutable. */
final class ListQuery {
    private static final int LIMIT_DEFAULT = 100;
    private static final int LIMIT_MAX = 1_000;
    private static final Set<String> NAMES = Set.of("prefix", "after", "limit", "pending");

    private final Map<String, String> values;

    private ListQuery(Map<String, String> values) {
        this.values = values;
    }

    /**
     * Reads the query; other parameters are ignored.
     *
     * @throws RefusedException if a value is not valid, or comes again
     */
    static ListQuery of(HttpRequest request) {
        Map<String, String> values = new HashMap<>();
        String query = request.query();
        for (String part : query == null ? new String[0] : query.split("&", -1)) {
            int equals = part.indexOf('=');
            String name = QueryText.name(equals < 0 ? part : part.substring(0, equals));
            String value = equals < 0 ? "" : QueryText.value(name, part.substring(equals + 1));
            if (NAMES.contains(name) && values.put(name, value) != null) {
                throw invalid("parameter " + name + " came again; expected it once");
            }
        }
        return new ListQuery(values);
    }

    /** With what ids begin; empty for all. */
    String prefix() {
        return values.getOrDefault("prefix", "");
    }

    /** The id after which the list begins; null for the first one. */
    @Nullable
    String after() {
        return values.get("after");
    }

    /** How many subscriptions the list has at most. */
    int limit() {
        return limit(LIMIT_DEFAULT);
    }

    private int limit(int otherwise) {
        String text = values.get("limit");
        if (text == null) {
            return otherwise;
        }
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

    /** Which links a subscription is described with: all, unless the query says otherwise. */
    LinkRange links() {
        return new LinkRange(after(), limit(LinkRange.ALL.limit()), isPending());
    }

    private boolean isPending() {
        String text = values.getOrDefault("pending", "false");
        if (!text.equals("true") && !text.equals("false")) {
            throw invalid("parameter pending is " + Quoted.of(text) + "; expected true or false");
        }
        return text.equals("true");
    }

    private static RefusedException invalid(String message) {
        return new RefusedException(ErrorCode.INVALID_PARAMETER, message);
    }
}
