package io.streamkeeper.server.http.subscription;

import io.streamkeeper.server.http.request.Method;
import io.streamkeeper.server.http.route.Route;
import io.streamkeeper.server.http.route.RouteHandler;
import io.streamkeeper.server.http.route.RouteRight;
import io.streamkeeper.server.http.route.RouteUse;
import io.streamkeeper.server.metrics.Operation;
import io.streamkeeper.server.security.Action;
import io.streamkeeper.server.security.SecurityPolicy;
import io.streamkeeper.server.subscription.SubscriptionParts;
import io.streamkeeper.server.subscription.SubscriptionPaths;
import io.streamkeeper.storage.memory.Budget;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** The paths of subscriptions, which are below the root of the streams. */
public final class SubscriptionRoutes {
    /** Bytes of the longest body that names any number of streams. */
    private static final int LONG_BODY_BYTES_MAX = 4 << 20;

    private static final int SHORT_BODY_BYTES_MAX = 16 << 10;

    private final String prefix;
    private final RouteRight manages;

    private SubscriptionRoutes(String root, RouteRight manages) {
        this.prefix = root + SubscriptionPaths.LOGS;
        this.manages = manages;
    }

    /**
     * The lines of the table of a listener.
     *
     * @param root the path that streams are below
     * @param policy decides what streams a request may name; null if everybody may do everything
     * @param workers read long bodies
     * @param budget the heap for bodies while they are read, and for answers with many links
     */
    public static List<Route> of(
            String root, SubscriptionParts parts, @Nullable SecurityPolicy policy, Executor workers, Budget budget) {
        SubscriptionTarget target = new SubscriptionTarget(root);
        KeyAnswers keys = new KeyAnswers(parts.keys(), workers);
        SubscriptionRequests requests = new SubscriptionRequests(
                parts, target, new SubscriptionGate(policy), keys, new BodyReading(workers, budget), budget);
        return new SubscriptionRoutes(root, new RouteRight(Action.SUBSCRIBE, target::path)).lines(root, requests, keys);
    }

    private List<Route> lines(String root, SubscriptionRequests requests, KeyAnswers keys) {
        return List.of(
                Route.reading(root + SubscriptionPaths.KEYS, keys::handle)
                        .used(use(Map.of(Method.GET, "subscription_keys"), SHORT_BODY_BYTES_MAX, false)),
                Route.reading(prefix.substring(0, prefix.length() - 1), requests::list)
                        .requiring(RouteRight.anywhere(Action.SUBSCRIBE))
                        .used(use(Map.of(Method.GET, "subscription_list"), SHORT_BODY_BYTES_MAX, true)),
                subscription(requests).requiring(manages),
                changing("streams", "link", LONG_BODY_BYTES_MAX, requests::addStreams)
                        .requiring(manages),
                new Route(prefix + "*/streams/", Set.of(Method.DELETE), requests::removeStream)
                        .used(use(Map.of(Method.DELETE, "subscription_unlink"), SHORT_BODY_BYTES_MAX, true))
                        .requiring(manages),
                changing("claim", "claim", SHORT_BODY_BYTES_MAX, requests::claim)
                        .requiring(manages),
                changing("seek", "seek", SHORT_BODY_BYTES_MAX, requests::seek).requiring(manages),
                // The token of a wake is the only credential of these.
                changing("callback", "callback", LONG_BODY_BYTES_MAX, requests::callback),
                changing("ack", "ack", LONG_BODY_BYTES_MAX, requests::ack),
                changing("release", "release", SHORT_BODY_BYTES_MAX, requests::release));
    }

    private Route subscription(SubscriptionRequests requests) {
        RouteHandler handler = (request, answering) -> {
            switch (request.method()) {
                case PUT -> requests.put(request, answering);
                case DELETE -> requests.delete(request, answering);
                default -> requests.get(request, answering);
            }
        };
        Map<Method, String> actions = Map.of(
                Method.GET, "subscription_read",
                Method.HEAD, "subscription_read",
                Method.PUT, "subscription_create",
                Method.DELETE, "subscription_delete");
        return new Route(prefix + "*", actions.keySet(), handler).used(use(actions, LONG_BODY_BYTES_MAX, true));
    }

    private Route changing(String path, String action, int bodyBytesMax, RouteHandler handler) {
        return new Route(prefix + "*/" + path, Set.of(Method.POST), handler)
                .used(use(Map.of(Method.POST, "subscription_" + action), bodyBytesMax, true));
    }

    private static RouteUse use(Map<Method, String> actions, int bodyBytesMax, boolean namesStreams) {
        return new RouteUse(Operation.SUBSCRIPTION, actions, bodyBytesMax, namesStreams);
    }
}
