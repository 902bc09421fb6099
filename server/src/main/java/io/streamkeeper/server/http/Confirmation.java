package io.streamkeeper.server.http;

import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.server.forward.Replica;
import io.streamkeeper.server.shard.LoopTasks;
import java.util.function.Consumer;

/**
 * Confirms that this member has led all the time since a request began, so that nothing which the request depends on was
 * decided elsewhere: a leader that was stopped, or is cut off, does not notice by itself that another one leads. Any thread
 * may call it; what it calls runs on the connection's loop.
 */
final class Confirmation {
    private static final int SERVER_ERRORS = 500;

    private final ConnectionHandler connection;
    private final Replica replica;
    private final long epoch;

    /** Of a request that begins now. */
    Confirmation(ConnectionHandler connection, Replica replica) {
        this.connection = connection;
        this.replica = replica;
        this.epoch = replica.leadingEpoch();
    }

    /** Whether a refusal depends on what this member knows, and not only on its state or on the request. */
    static boolean isNeededFor(Refusal refusal) {
        return refusal.code().status() < SERVER_ERRORS;
    }

    /** Runs {@code confirmed}, or else {@code otherwise} with the reason why nothing is confirmed. */
    void run(Runnable confirmed, Consumer<Refusal> otherwise) {
        LoopTasks.run(connection.channel().eventLoop(), () -> await(confirmed, otherwise));
    }

    private void await(Runnable confirmed, Consumer<Refusal> otherwise) {
        boolean waits = connection.loop().leader().gate().await(hasPassed -> {
            if (hasPassed && leads()) {
                confirmed.run();
            } else {
                otherwise.accept(ClusterRequests.leadsNoMore());
            }
        });
        if (!waits) {
            otherwise.accept(ClusterRequests.tooManyWait());
        }
    }

    private boolean leads() {
        return epoch != 0 && replica.leadingEpoch() == epoch;
    }
}
