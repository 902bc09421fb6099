package io.streamkeeper.server.http;

import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.server.http.request.HttpRequest;
import io.streamkeeper.server.security.Authentication;
import io.streamkeeper.server.shard.LoopTasks;
import java.util.IdentityHashMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Decides again whether the live reads of one connection may continue, after each change of the policy. While the
 * policy cannot decide, because what it needs is not available, it is asked every second; a read about which it has not
 * decided {@value #UNDECIDED_SECONDS_MAX} seconds after the change ends, whatever the policy does meanwhile. A further
 * change does not extend this time. Owned by the connection's loop.
 */
final class LiveReadChecks {
    /** How long a live read continues at most while the policy cannot decide about it. */
    static final int UNDECIDED_SECONDS_MAX = 10;

    private static final int RETRY_SECONDS = 1;

    private final ConnectionHandler connection;
    private final RequestAccess access;
    private final Channel channel;
    private final IdentityHashMap<Exchange, Check> undecided = new IdentityHashMap<>(1);

    LiveReadChecks(ConnectionHandler connection, RequestAccess access) {
        this.connection = connection;
        this.access = access;
        this.channel = connection.channel();
    }

    /** The decisions of the policy may have changed. */
    void policyChanged() {
        for (Exchange exchange : connection.line().all()) {
            if (exchange.liveRequest() != null) {
                undecided.computeIfAbsent(exchange, Check::new).ask();
            }
        }
    }

    /** The check of one read: asks until there is a decision, or the time is over. */
    private final class Check {
        private final Exchange exchange;
        private final Future<?> deadline;
        private int questions;

        Check(Exchange exchange) {
            this.exchange = exchange;
            this.deadline = schedule(this::end, UNDECIDED_SECONDS_MAX);
        }

        private Future<?> schedule(Runnable task, int seconds) {
            return channel.eventLoop()
                    .schedule(() -> LoopTasks.run(channel.eventLoop(), task), seconds, TimeUnit.SECONDS);
        }

        void ask() {
            HttpRequest request = exchange.liveRequest();
            if (request == null || connection.hasEnded() || !channel.isActive()) {
                close();
                return;
            }
            questions++;
            int question = questions;
            long changes = connection.server().policyChanges();
            try {
                CompletableFuture<Authentication> result = access.authenticate(request);
                result.whenComplete((authentication, fault) -> LoopTasks.run(channel.eventLoop(), () -> {
                    access.completed(result);
                    if (question == questions) {
                        answered(request, result, changes);
                    }
                }));
            } catch (RefusedException e) {
                refused(e.refusal());
            }
        }

        private void answered(HttpRequest request, CompletableFuture<Authentication> result, long changes) {
            try {
                access.decide(exchange, request, connection.listener().routes(), result, changes);
                close();
                exchange.rightsChanged();
            } catch (RefusedException e) {
                refused(e.refusal());
            } catch (RuntimeException | Error e) {
                close();
                connection.failed(e);
            }
        }

        private void refused(Refusal refusal) {
            if (refusal.code() != ErrorCode.OVERLOADED) {
                end();
                return;
            }
            int question = questions;
            schedule(
                    () -> {
                        if (question == questions) {
                            ask();
                        }
                    },
                    RETRY_SECONDS);
        }

        private void end() {
            close();
            if (!connection.hasEnded()) {
                exchange.endAuthorization();
            }
        }

        /** No answer and no deadline has an effect any more. */
        private void close() {
            questions++;
            deadline.cancel(false);
            undecided.remove(exchange, this);
        }
    }
}
