package io.streamkeeper.cluster.store;

import io.streamkeeper.cluster.ClusterConfig;
import io.streamkeeper.cluster.LogPosition;
import io.streamkeeper.cluster.PeerRequests;
import io.streamkeeper.cluster.state.StateFetch;
import io.streamkeeper.cluster.state.StateInstall;
import io.streamkeeper.cluster.state.StateServer;
import io.streamkeeper.cluster.state.StateSource;
import io.streamkeeper.storage.directory.DataDirectory;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives the state of this member to others, and receives that of another one if the log of the others begins after the
 * end of its own. Safe for use by any thread.
 */
final class StateExchange implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StateExchange.class);

    private final ClusterConfig config;
    private final StateServer server;
    private final CompletableFuture<Void> ready = new CompletableFuture<>();
    private volatile @Nullable StateFetch fetch;
    private volatile @Nullable LogPosition logBegins;
    // Owned by the thread of the log.
    private long lastAtStart = Long.MAX_VALUE;
    private boolean follows;
    private @Nullable Thread thread;

    StateExchange(ClusterConfig config, DataDirectory data, StateSource source) throws IOException {
        this.config = config;
        this.server = new StateServer(config, data, source);
    }

    PeerRequests answers() {
        return server;
    }

    /** The member starts with a log up to the entry {@code last}; called before the log reports anything. */
    void starts(long last) {
        lastAtStart = last;
    }

    // ---- the thread of the log ----

    /** The log of the other members begins at {@code first}: begins to receive a state, unless that has begun. */
    void receive(LogPosition first) {
        boolean isBegun = logBegins != null;
        logBegins = first;
        follows = false;
        if (isBegun) {
            return;
        }
        LOG.warn(
                "member {} is too far behind: the log of the other members begins at {}, after the end of its own; it"
                        + " receives the state of another member",
                config.self(),
                first);
        StateFetch begun = new StateFetch(config, false, first.index() - 1);
        Thread before = thread;
        Thread started = new Thread(() -> run(begun, before), "cluster-state-" + config.self());
        started.setDaemon(true);
        fetch = begun;
        thread = started;
        started.start();
    }

    /**
     * An entry is committed. If it came from another member, the log of this one goes on where it ended: no state is
     * needed.
     */
    void committed(long index) {
        if (follows || index <= lastAtStart) {
            return;
        }
        follows = true;
        StateFetch needless = fetch;
        if (needless != null) {
            LOG.info("member {} receives the log again, and needs no state of another member", config.self());
            logBegins = null;
            fetch = null;
            needless.close();
        } else {
            discard();
        }
    }

    private void discard() {
        try {
            StateInstall.discard(config);
        } catch (IOException e) {
            LOG.warn("what was received of a state cannot be removed: {}", e.getMessage());
        }
    }

    // ---- its own thread ----

    private void run(StateFetch begun, @Nullable Thread before) {
        try {
            if (before != null) {
                before.join();
            }
            if (begun.run()) {
                LOG.info(
                        "member {} has the state of another member, which takes the place of the own one when its"
                                + " server starts again",
                        config.self());
                ready.complete(null);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            LOG.error("member {} gets no state: {}", config.self(), e.getMessage());
        }
    }

    // ---- any thread ----

    /** Why this member is too far behind, and how far it is; null if it is not. */
    @Nullable
    String behind() {
        LogPosition first = logBegins;
        StateFetch begun = fetch;
        return first == null || begun == null
                ? null
                : "member " + config.self() + " is too far behind: the log of the other members begins at " + first
                        + ", after the end of its own; "
                        + (ready.isDone() ? "it has the state of another one, and starts again" : begun.progress());
    }

    void whenReceived(Runnable then) {
        ready.thenRunAsync(then, task -> {
            Thread runs = new Thread(task, "cluster-received-" + config.self());
            runs.setDaemon(true);
            runs.start();
        });
    }

    @Override
    public void close() {
        StateFetch begun = fetch;
        if (begun != null) {
            begun.close();
        }
    }
}
