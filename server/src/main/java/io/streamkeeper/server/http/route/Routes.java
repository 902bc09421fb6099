package io.streamkeeper.server.http.route;

import io.streamkeeper.protocol.Quoted;
import io.streamkeeper.server.http.request.Method;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is at which path of a listener: lines that are looked at in their order, then the streams, if the listener
 * serves them. What {@code OPTIONS}, {@code Allow} and the cross-origin fields say of methods is derived from here.
 * Immutable.
 */
public final class Routes {
    /** The methods of streams; what each means is decided by the parser of requests. */
    public static final Set<Method> OF_STREAMS =
            Set.of(Method.GET, Method.HEAD, Method.PUT, Method.POST, Method.DELETE);

    private static final String STREAMS_TEXT = Route.text(OF_STREAMS);

    private final Route[] routes;
    private final String[] routeTexts;
    private final @Nullable String root;
    private final String allText;

    /**
     * A table.
     *
     * @param root the path that streams are below, which begins and ends with a slash; null for no streams
     * @throws IllegalArgumentException if it does not
     */
    public Routes(List<Route> routes, @Nullable String root) {
        if (root != null && (!root.startsWith("/") || !root.endsWith("/"))) {
            throw new IllegalArgumentException(
                    "root " + Quoted.of(root) + " is not valid; expected a path that begins and ends with /");
        }
        this.routes = routes.toArray(Route[]::new);
        this.routeTexts =
                routes.stream().map(route -> Route.text(route.methods())).toArray(String[]::new);
        this.root = root;
        EnumSet<Method> all = EnumSet.of(Method.OPTIONS);
        routes.forEach(route -> all.addAll(route.methods()));
        if (root != null) {
            all.addAll(OF_STREAMS);
        }
        this.allText = Route.text(all);
    }

    /** The line of {@code path}, or null where there is none. */
    public @Nullable Route find(String path) {
        for (Route route : routes) {
            if (route.holds(path)) {
                return route;
            }
        }
        return null;
    }

    /** The path that streams are below; null where the listener serves none. */
    public @Nullable String root() {
        return root;
    }

    /** Whether {@code path}, which no line has, is below the root of the streams. */
    public boolean isOfStreams(String path) {
        return root != null && path.startsWith(root);
    }

    /** The methods that {@code path} takes, as a list; all that the listener knows where nothing is at the path. */
    public String methods(String path) {
        for (int i = 0; i < routes.length; i++) {
            if (routes[i].holds(path)) {
                return routeTexts[i];
            }
        }
        return isOfStreams(path) ? STREAMS_TEXT : allText;
    }

    /** What is said of a path at which nothing is. */
    public String nothingAt(String path) {
        return "nothing is at " + Quoted.of(path)
                + (root == null ? "; this listener serves no streams" : "; streams are below " + root);
    }
}
