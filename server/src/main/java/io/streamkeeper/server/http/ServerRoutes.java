package io.streamkeeper.server.http;

import io.streamkeeper.server.http.route.Route;
import io.streamkeeper.server.http.route.Routes;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** The paths of the server other than those of streams, one line each. */
final class ServerRoutes {
    private record Line(Set<ListenerKind> listeners, Route route) {}

    private ServerRoutes() {}

    private static List<Line> lines(HttpServer server) {
        return List.of(
                new Line(EnumSet.allOf(ListenerKind.class), Route.reading("/health", new HealthHandler(server))));
    }

    /** The table of a listener of {@code kind}. */
    static Routes of(ListenerKind kind, HttpServer server) {
        List<Route> routes = lines(server).stream()
                .filter(line -> line.listeners().contains(kind))
                .map(Line::route)
                .toList();
        return new Routes(routes, kind == ListenerKind.PUBLIC ? server.config().root() : null);
    }
}
