package io.streamkeeper.server.http.route;

import io.streamkeeper.protocol.Quoted;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.server.http.request.Method;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The paths of a listener: lines that are searched in their order, then the streams, if the listener serves them. The
 * methods in {@code OPTIONS}, {@code Allow} and the cross-origin fields are derived from this table. Immutable.
 */
public final class Routes {
    /** The methods of streams; the request parser decides what each of them means. */
    public static final Set<Method> OF_STREAMS =
            Set.of(Method.GET, Method.HEAD, Method.PUT, Method.POST, Method.DELETE, Method.PATCH);

    private static final String STREAMS_TEXT = Route.text(OF_STREAMS);

    private static final String READING_TEXT = Route.text(EnumSet.of(Method.GET, Method.HEAD));

    private static final String ROOT_TEXT = Route.text(EnumSet.of(Method.GET, Method.HEAD, Method.POST));

    /** The path of the page for people. */
    public static final String CONSOLE = "/console/";

    private final Route[] routes;

    /** The lines below {@link #reserved}, which are not in {@link #routes}: streams are not compared with them. */
    private final Route[] reservedRoutes;

    private final @Nullable String root;
    private final Set<StreamPath> readOnly;

    /** What the paths of the control interfaces begin with (section 6). */
    private final @Nullable String reserved;

    private final String allText;

    /** A table with streams that clients read and write. */
    public Routes(List<Route> routes, @Nullable String root) {
        this(routes, root, Set.of());
    }

    /**
     * A table.
     *
     * @param root the path that streams are below, which begins and ends with a slash; null for no streams
     * @param readOnly the streams that clients do not write
     * @throws IllegalArgumentException if {@code root} does not begin and end with a slash
     */
    public Routes(List<Route> routes, @Nullable String root, Set<StreamPath> readOnly) {
        if (root != null && (!root.startsWith("/") || !root.endsWith("/"))) {
            throw new IllegalArgumentException(
                    "root " + Quoted.of(root) + " is not valid; expected a path that begins and ends with /");
        }
        this.root = root;
        this.readOnly = Set.copyOf(readOnly);
        this.reserved = root == null ? null : root + StreamPath.RESERVED_SEGMENT + "/";
        this.routes = routes.stream().filter(route -> !isReserved(route.path())).toArray(Route[]::new);
        this.reservedRoutes =
                routes.stream().filter(route -> isReserved(route.path())).toArray(Route[]::new);
        EnumSet<Method> all = EnumSet.of(Method.OPTIONS);
        routes.forEach(route -> all.addAll(route.methods()));
        if (root != null) {
            all.addAll(OF_STREAMS);
        }
        this.allText = Route.text(all);
    }

    /** The line of {@code path}, or null if it has none. */
    public @Nullable Route find(String path) {
        for (Route route : isReserved(path) ? reservedRoutes : routes) {
            if (route.holds(path)) {
                return route;
            }
        }
        return null;
    }

    private boolean isReserved(String path) {
        return reserved != null && path.startsWith(reserved);
    }

    /** The path that streams are below; null if the listener serves none. */
    public @Nullable String root() {
        return root;
    }

    /** Whether {@code path}, which has no line, is below the root of the streams. */
    public boolean isOfStreams(String path) {
        return root != null && path.startsWith(root);
    }

    /** Whether {@code path} is the root of the streams, with the slash at its end or without it, and has no line. */
    public boolean isRoot(String path) {
        return isRootText(path) && find(path) == null;
    }

    private boolean isRootText(String path) {
        return root != null && (path.equals(root) || (path.length() == root.length() - 1 && root.startsWith(path)));
    }

    /** Whether a request reads the root of the streams. */
    public boolean isRootRead(Method method, String path) {
        return (method == Method.GET || method == Method.HEAD) && isRoot(path);
    }

    /** The methods that {@code path} allows, as a list; if nothing is at the path, all methods of the listener. */
    public String methods(String path) {
        Route route = find(path);
        if (route != null) {
            return Route.text(route.methods());
        }
        if (isRootText(path)) {
            return ROOT_TEXT;
        }
        if (root == null || !isOfStreams(path)) {
            return allText;
        }
        return isReadOnly(path.substring(root.length())) ? READING_TEXT : STREAMS_TEXT;
    }

    private boolean isReadOnly(String encoded) {
        try {
            return !readOnly.isEmpty() && readOnly.contains(StreamPath.parse(encoded));
        } catch (RefusedException e) {
            return false;
        }
    }

    /** The message for a path at which nothing is. */
    public String nothingAt(String path) {
        return "nothing is at " + Quoted.of(path)
                + (root == null ? "; this listener serves no streams" : "; streams are below " + root)
                + (find(CONSOLE) == null ? "" : ", the console is at " + CONSOLE);
    }
}
