package io.streamkeeper.server.http;

import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.server.forward.Replica;
import io.streamkeeper.server.http.request.Method;
import io.streamkeeper.server.http.route.Answer;
import io.streamkeeper.server.http.route.Answering;
import io.streamkeeper.server.security.Principal;
import org.jspecify.annotations.Nullable;

/**
 * Where the answer to a request about subscriptions goes in a cluster: one that depends on what the leader knows waits for
 * its {@link Confirmation}. The answer to a change that was made needs none: a majority has the change.
 */
final class ConfirmedAnswering implements Answering {
    /** The status of a {@code PUT} that has found what it would create. */
    private static final int FOUND = 200;

    private final Exchange exchange;
    private final Method method;
    private final Confirmation confirmation;

    /** The answer to a request that begins now. */
    ConfirmedAnswering(ConnectionHandler connection, Exchange exchange, Method method, Replica replica) {
        this.exchange = exchange;
        this.method = method;
        this.confirmation = new Confirmation(connection, replica);
    }

    @Override
    public void accept(Answer answer) {
        boolean isMade =
                method == Method.PUT ? answer.status() != FOUND : method == Method.POST || method == Method.DELETE;
        if (isMade) {
            exchange.accept(answer);
            return;
        }
        confirmation.run(() -> exchange.accept(answer), refusal -> {
            answer.release();
            exchange.refuse(refusal);
        });
    }

    @Override
    public void refuse(Refusal refusal) {
        if (Confirmation.isNeededFor(refusal)) {
            confirmation.run(() -> exchange.refuse(refusal), exchange::refuse);
        } else {
            exchange.refuse(refusal);
        }
    }

    @Override
    public @Nullable Principal principal() {
        return exchange.principal();
    }
}
