package io.streamkeeper.server.http;

import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.server.admin.AdminRoutes;
import io.streamkeeper.server.console.ConsoleHandler;
import io.streamkeeper.server.forward.Forwarding;
import io.streamkeeper.server.http.route.Route;
import io.streamkeeper.server.http.route.Routes;
import io.streamkeeper.server.http.subscription.SubscriptionRoutes;
import io.streamkeeper.server.subscription.SubscriptionParts;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** The paths of the server other than those of streams, one line each. */
final class ServerRoutes {
    private record Line(Set<ListenerKind> listeners, Route route) {}

    private ServerRoutes() {}

    private static List<Line> lines(HttpServer server) {
        Set<ListenerKind> all = EnumSet.allOf(ListenerKind.class);
        HealthHandler ready = HealthHandler.ofReadiness(server);
        return List.of(
                new Line(all, Route.reading("/health", ready)),
                new Line(all, Route.reading("/health/ready", ready)),
                new Line(all, Route.reading("/health/live", HealthHandler.ofLiveness(server))),
                new Line(
                        EnumSet.of(ListenerKind.ADMINISTRATIVE),
                        Route.reading("/metrics", new MetricsHandler(server::metrics, server.workers()))
                                .forAdministrators()));
    }

    /** The table of a listener of {@code kind}. */
    static Routes of(ListenerKind kind, HttpServer server) {
        String root = kind == ListenerKind.PUBLIC ? server.config().root() : null;
        SubscriptionParts subscriptions = server.subscriptions();
        Forwarding forwarding = server.forwarding();
        List<Route> routes = new ArrayList<>();
        lines(server).stream()
                .filter(line -> line.listeners().contains(kind))
                .map(Line::route)
                .forEach(routes::add);
        if (kind == ListenerKind.ADMINISTRATIVE) {
            routes.addAll(AdminRoutes.of(
                    server.shards(),
                    server.memory(),
                    server.drain(),
                    subscriptions == null ? null : subscriptions.subscriptions(),
                    forwarding == null ? null : forwarding.replica(),
                    server.logLevels(),
                    server.workers()));
        }
        if (root != null && subscriptions != null) {
            routes.addAll(SubscriptionRoutes.of(
                    root,
                    subscriptions,
                    server.policy(),
                    server.workers(),
                    server.memory().splitting()));
        }
        if (server.config().listen().console()) {
            routes.addAll(ConsoleHandler.routes(root, server.workers()));
        }
        return new Routes(routes, root, server.config().data().registry() ? Set.of(StreamPath.REGISTRY) : Set.of());
    }
}
