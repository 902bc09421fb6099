package io.streamkeeper.server.admin;

import io.streamkeeper.server.forward.Replica;
import io.streamkeeper.server.http.route.Route;
import io.streamkeeper.server.shard.Shards;
import io.streamkeeper.server.subscription.Subscriptions;
import io.streamkeeper.storage.memory.MemoryLedger;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** The paths by which an operator sees and changes a server that runs. */
public final class AdminRoutes {
    private AdminRoutes() {}

    /**
     * The lines of the table of a listener for administration.
     *
     * @param subscriptions null if there are none
     * @param replica what the server is in its cluster; null without one
     * @param levels the levels of the log; null if they cannot be changed
     * @param workers create the answers that need more than a few numbers
     */
    public static List<Route> of(
            Shards shards,
            MemoryLedger memory,
            Drain drain,
            @Nullable Subscriptions subscriptions,
            @Nullable Replica replica,
            @Nullable LogLevels levels,
            Executor workers) {
        List<Route> routes = new ArrayList<>(List.of(
                Route.reading(
                                "/admin/status",
                                new StatusHandler(shards, memory, drain, subscriptions, replica, workers))
                        .forAdministrators(),
                Route.reading("/admin/slow-requests", new SlowRequestsHandler(shards.counters(), workers))
                        .forAdministrators(),
                Route.reading("/admin/top-streams", new TopStreamsHandler(shards, workers))
                        .forAdministrators(),
                Route.changing("/admin/checkpoint", new JobHandler(shards, shards::checkpointNow, workers)),
                Route.changing("/admin/compact", new JobHandler(shards, shards::compactNow, workers)),
                Route.readingAndChanging("/admin/drain", new DrainHandler(drain, workers)),
                Route.readingAndChanging("/admin/log-level", new LogLevelHandler(levels))));
        if (replica != null) {
            routes.add(Route.reading("/admin/cluster", new ClusterHandler(replica, workers))
                    .forAdministrators());
            routes.add(Route.readingAndChanging("/admin/cluster/change", new MemberChangeHandler(replica, workers)));
        }
        return routes;
    }
}
