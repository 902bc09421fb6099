package io.streamkeeper.server.http.route;

import io.streamkeeper.server.http.request.Method;
import io.streamkeeper.server.metrics.Operation;
import java.util.Map;

/**
 * How the server counts and limits the requests of a route. Immutable.
 *
 * @param operation the kind of operation that metrics count
 * @param actions the names of actions in the audit log; a method without one has the name of the operation
 * @param bodyBytesMax the longest body, if it is less than the limit of the server
 * @param namesStreams whether answers contain paths of streams, so that no page of another site may read them
 */
public record RouteUse(Operation operation, Map<Method, String> actions, int bodyBytesMax, boolean namesStreams) {
    /** The use of most routes. */
    public static final RouteUse PLAIN = new RouteUse(Operation.ROUTE, Map.of(), Integer.MAX_VALUE, false);

    /** Copies the map. */
    public RouteUse {
        actions = Map.copyOf(actions);
    }
}
