package io.streamkeeper.server.http.route;

import io.streamkeeper.server.http.request.Method;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A line of {@link Routes}: a path, the methods that it allows, and the handler of its requests. Immutable.
 *
 * @param path one path, in which {@code *} as a segment is any one segment; or all paths below it if it ends with a slash
 * @param methods at least one; the server itself answers {@code OPTIONS} for every path
 * @param handler answers the requests with these methods
 * @param right what a client needs; null for nothing
 * @param use how requests are counted and limited
 */
public record Route(
        String path,
        Set<Method> methods,
        RouteHandler handler,
        @Nullable RouteRight right,
        RouteUse use) {
    private static final String ANY_SEGMENT = "*";

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
        this(path, methods, handler, null, RouteUse.PLAIN);
    }

    /** A read-only path, with {@code GET} and {@code HEAD}. */
    public static Route reading(String path, RouteHandler handler) {
        return new Route(path, EnumSet.of(Method.GET, Method.HEAD), handler);
    }

    /** The same line for clients with a right. */
    public Route requiring(RouteRight newRight) {
        return new Route(path, methods, handler, newRight, use);
    }

    /** The same line for administrators only. */
    public Route forAdministrators() {
        return requiring(RouteRight.ADMINISTRATION);
    }

    /** The same line with another use. */
    public Route used(RouteUse newUse) {
        return new Route(path, methods, handler, right, newUse);
    }

    /** A path that changes something, with {@code POST}, and for administrators only. */
    public static Route changing(String path, RouteHandler handler) {
        return new Route(path, EnumSet.of(Method.POST), handler).forAdministrators();
    }

    /** A path with {@code GET}, {@code HEAD} and {@code POST}, for administrators only. */
    public static Route readingAndChanging(String path, RouteHandler handler) {
        return new Route(path, EnumSet.of(Method.GET, Method.HEAD, Method.POST), handler).forAdministrators();
    }

    /** Whether {@code requested} is one of the paths. */
    boolean holds(String requested) {
        int star = path.indexOf(ANY_SEGMENT);
        if (star < 0) {
            return path.endsWith("/") ? requested.startsWith(path) : requested.equals(path);
        }
        int at = 0;
        int from = 0;
        while (star >= 0) {
            int length = star - at;
            if (!requested.regionMatches(from, path, at, length)) {
                return false;
            }
            int segment = from + length;
            int end = requested.indexOf('/', segment);
            from = end < 0 ? requested.length() : end;
            if (from == segment) {
                return false;
            }
            at = star + 1;
            star = path.indexOf(ANY_SEGMENT, at);
        }
        int rest = path.length() - at;
        return requested.regionMatches(from, path, at, rest)
                && (from + rest == requested.length() || (rest > 0 && path.endsWith("/")));
    }

    /** The methods of a path as {@code Allow} and {@code Access-Control-Allow-Methods} list them. */
    static String text(Set<Method> methods) {
        return Arrays.stream(Method.values())
                .filter(method -> method == Method.OPTIONS || methods.contains(method))
                .map(Method::name)
                .collect(Collectors.joining(", "));
    }
}
