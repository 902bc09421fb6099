package io.streamkeeper.server.longrun;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Clients, and the data directory and the clock of the server that they use, from one start to the next. */
final class World {
    final List<Traffic> clients = new ArrayList<>();
    final ServerClock clock;

    /** A tenant beside the clients, which have no limits. */
    final NoisyTenant noisy;

    /** Streams that subscriptions follow; null for none. */
    @Nullable
    Subscribers subscribers;

    /** What is put before the commands that use the directory. */
    final List<String> prefix;

    Path data;

    /** How the last server of this world has ended. */
    String lastEnd = "nothing";

    /** Whether the disk was full then. */
    boolean endedFull;

    /** How often a server was started here. */
    int starts;

    World(Path data, ServerClock clock, List<String> prefix, NoisyTenant noisy) {
        this.data = data;
        this.clock = clock;
        this.prefix = prefix;
        this.noisy = noisy;
    }

    /** The next start has another, empty data directory. */
    void forget() {
        clients.forEach(Traffic::forget);
        if (subscribers != null) {
            subscribers.forget();
        }
    }

    /** Whether everything was compared with the models since the start. */
    boolean isSettled() {
        return clients.stream().allMatch(Traffic::isSettled) && (subscribers == null || subscribers.isSettled());
    }

    boolean hasFailed() {
        return failure() != null;
    }

    /** The failure of one of those whose state goes from one start to the next; null if there is none. */
    @Nullable
    Throwable failure() {
        Throwable ofSubscribers = subscribers == null ? null : subscribers.failure();
        return ofSubscribers != null
                ? ofSubscribers
                : clients.stream()
                        .map(Traffic::failure)
                        .filter(Objects::nonNull)
                        .findFirst()
                        .orElse(null);
    }

    /** How long the delivery of what was pending at a start has taken: the longest time, in milliseconds. */
    long slowestDeliveryMillis() {
        return subscribers == null ? 0 : subscribers.slowestMillis();
    }

    void close() {
        if (subscribers != null) {
            subscribers.close();
        }
    }
}
