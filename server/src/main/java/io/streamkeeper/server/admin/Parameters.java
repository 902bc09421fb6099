package io.streamkeeper.server.admin;

import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Quoted;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.server.http.parse.QueryText;
import io.streamkeeper.server.http.request.HttpRequest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The parameters in the query of a request, each at most once, and only those that the path has. */
final class Parameters {
    private final Map<String, String> values;

    private Parameters(Map<String, String> values) {
        this.values = values;
    }

    /**
     * Reads the query.
     *
     * @param names the parameters that the path has
     * @throws RefusedException if there is another one, or one occurs twice, or its percent-encoding is not valid
     */
    static Parameters of(HttpRequest request, List<String> names) {
        Map<String, String> values = new HashMap<>();
        String query = request.query();
        for (String part : query == null || query.isEmpty() ? new String[0] : query.split("&", -1)) {
            int equals = part.indexOf('=');
            String name = QueryText.name(equals < 0 ? part : part.substring(0, equals));
            if (!names.contains(name)) {
                throw invalid("parameter " + Quoted.of(name) + " is unknown; expected "
                        + (names.isEmpty() ? "none" : String.join(", ", names)));
            }
            if (values.put(name, equals < 0 ? "" : QueryText.value(name, part.substring(equals + 1))) != null) {
                throw invalid("parameter " + name + " came again; expected it once");
            }
        }
        return new Parameters(values);
    }

    static RefusedException invalid(String message) {
        return new RefusedException(ErrorCode.INVALID_PARAMETER, message);
    }

    String get(String name, String otherwise) {
        return values.getOrDefault(name, otherwise);
    }
}
