package io.streamkeeper.server.http.route;

import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.server.http.request.HttpRequest;
import io.streamkeeper.server.security.Action;
import io.streamkeeper.server.security.SecurityPolicy;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The right that a client needs for the requests of a route, if clients have rights. It is checked before the body of a
 * request arrives.
 *
 * @param action what the request does
 * @param path returns the path for which the right is needed, or throws a {@link
 *     io.streamkeeper.protocol.RefusedException}; null if the right at any path is enough, because the handler checks more
 */
public record RouteRight(Action action, @Nullable Function<HttpRequest, StreamPath> path) {
    /** The right to administer the server. */
    public static final RouteRight ADMINISTRATION =
            new RouteRight(Action.ADMIN, request -> SecurityPolicy.ADMINISTRATION);

    /** A right at any path. */
    public static RouteRight anywhere(Action action) {
        return new RouteRight(action, null);
    }
}
