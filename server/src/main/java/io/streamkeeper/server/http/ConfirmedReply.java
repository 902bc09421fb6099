package io.streamkeeper.server.http;

import io.streamkeeper.protocol.Outcome;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.server.forward.Replica;
import io.streamkeeper.storage.shard.Reply;

/**
 * The reply to a change of a stream that this member of a cluster decides as the leader. A change that is in the log is
 * certain. A refusal, or that a stream exists already, depends on what this member knows, which is old if another one
 * leads by now: for example after the process was stopped for a while. So it waits at the gate of the connection's loop,
 * and is sent if the member has led from the beginning of the request until the gate has let it pass. Otherwise the
 * request was not executed, and another member decides.
 */
final class ConfirmedReply implements Reply {
    private final Exchange exchange;
    private final Confirmation confirmation;

    /** The reply to a request that begins now. */
    ConfirmedReply(ConnectionHandler connection, Exchange exchange, Replica replica) {
        this.exchange = exchange;
        this.confirmation = new Confirmation(connection, replica);
    }

    @Override
    public void complete(Outcome outcome) {
        if (dependsOnKnowledge(outcome)) {
            confirmation.run(() -> exchange.complete(outcome), exchange::complete);
        } else {
            exchange.complete(outcome);
        }
    }

    private static boolean dependsOnKnowledge(Outcome outcome) {
        if (outcome instanceof Refusal refusal) {
            return Confirmation.isNeededFor(refusal);
        }
        return outcome instanceof Outcome.Created created && created.existed();
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
