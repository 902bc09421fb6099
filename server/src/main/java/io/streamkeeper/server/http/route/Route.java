package io.streamkeeper.server.http.route;

import io.streamkeeper.server.http.request.Method;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A line of {@link Routes}: a path, the methods that it allows, and the handler of its requests. Immutable.
 *
 * @param path one path, or all paths below it if it ends with a slash
 * @param methods at least one; the server itself answers {@code OPTIONS} for every path
 * @param handler answers the requests with these methods
 * @param isForAdministrators whether a request needs the right to administer the server, if clients have rights
 */
public record Route(String path, Set<Method> methods, RouteHandler handler, boolean isForAdministrators) {
    /**
     * Checks the path.
     *
     * @throws IllegalArgumentException if it does not begin with a slash
     */
    public Route {
        if (!path.startsWith("/")) {
            throw new IllegalArgumentException("path \"" + path + "\" of a route; expected a slash at its beginning");
        }
        methods = Set.copyOf(methods);
    }

    /** A line for all clients of the listener. */
    public Route(String path, Set<Method> methods, RouteHandler handler) {
        this(path, methods, handler, false);
    }

    /** A read-only path, with {@code GET} and {@code HEAD}. */
    public static Route reading(String path, RouteHandler handler) {
        return new Route(path, EnumSet.of(Method.GET, Method.HEAD), handler);
    }

    /** The same line for administrators only. */
    public Route forAdministrators() {
        return new Route(path, methods, handler, true);
    }

    /** A path that changes something, with {@code POST}, and for administrators only. */
    public static Route changing(String path, RouteHandler handler) {
        return new Route(path, EnumSet.of(Method.POST), handler, true);
    }

    /** A path with {@code GET}, {@code HEAD} and {@code POST}, for administrators only. */
    public static Route readingAndChanging(String path, RouteHandler handler) {
        return new Route(path, EnumSet.of(Method.GET, Method.HEAD, Method.POST), handler, true);
    }

    boolean holds(String requested) {
        return path.endsWith("/") ? requested.startsWith(path) : requested.equals(path);
    }

    boolean takes(Method method) {
        return methods.contains(method);
    }

    /** The methods of a path as {@code Allow} and {@code Access-Control-Allow-Methods} list them. */
    static String text(Set<Method> methods) {
        return Arrays.stream(Method.values())
                .filter(method -> method == Method.OPTIONS || methods.contains(method))
                .map(Method::name)
                .collect(Collectors.joining(", "));
    }
}
