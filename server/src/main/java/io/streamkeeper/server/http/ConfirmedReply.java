package io.streamkeeper.server.http;

import io.streamkeeper.protocol.Outcome;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.server.forward.Replica;
import io.streamkeeper.server.shard.LoopTasks;
import io.streamkeeper.storage.shard.Reply;

/**
 * The reply to a change of a stream that this member of a cluster decides as the leader. A change that is in the log is
 * certain. A refusal, or that a stream exists already, depends on what this member knows, which is old if another one
 * leads by now: for example after the process was stopped for a while. So it waits at the gate of the connection's loop,
 * and is sent if the member has led from the beginning of the request until the gate has let it pass. Otherwise the
 * request was not executed, and another member decides.
 */
final class ConfirmedReply implements Reply {
    private static final int SERVER_ERRORS = 500;

    private final ConnectionHandler connection;
    private final Exchange exchange;
    private final Replica replica;
    private final long epoch;

    /** The reply to a request that begins now. */
    ConfirmedReply(ConnectionHandler connection, Exchange exchange, Replica replica) {
        this.connection = connection;
        this.exchange = exchange;
        this.replica = replica;
        this.epoch = replica.leadingEpoch();
    }

    @Override
    public void complete(Outcome outcome) {
        if (dependsOnKnowledge(outcome)) {
            LoopTasks.run(connection.channel().eventLoop(), () -> confirm(outcome));
        } else {
            exchange.complete(outcome);
        }
    }

    private static boolean dependsOnKnowledge(Outcome outcome) {
        if (outcome instanceof Refusal refusal) {
            return refusal.code().status() < SERVER_ERRORS;
        }
        return outcome instanceof Outcome.Created created && created.existed();
    }

    private void confirm(Outcome outcome) {
        boolean waits = connection
                .loop()
                .leader()
                .gate()
                .await(hasPassed -> exchange.complete(hasPassed && leads() ? outcome : ClusterRequests.leadsNoMore()));
        if (!waits) {
            exchange.complete(ClusterRequests.tooManyWait());
        }
    }

    private boolean leads() {
        return epoch != 0 && replica.leadingEpoch() == epoch;
    }

    @Override
    public void begins(long parkedNanos) {
        exchange.begins(parkedNanos);
    }

    @Override
    public boolean isAbandoned() {
        return exchange.isAbandoned();
    }
}
